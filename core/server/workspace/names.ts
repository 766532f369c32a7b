import path from 'node:path';
import { LoupeError } from '../../base/errors.ts';

/** Characters that some file system refuses, and control characters. */
// oxlint-disable-next-line eslint/no-control-regex
const refused = /[\u0000-\u001f\u007f<>:"/\\|?*]/g;

const longest = 100;

/** A file name that stays in its folder and works on every system: the last part of what was given, or `otherwise`. */
export function safeName(given: string, otherwise: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .replaceAll(refused, '_')
    .replace(/^[.\s]+/, '')
    .trimEnd();
  if (plain === '') return otherwise;
  const ending = /\.[^.]{1,10}$/.exec(plain)?.[0] ?? '';
  return plain.slice(0, plain.length - ending.length).slice(0, longest) + ending;
}

/** An error whose sentence names a file without the folder in which it lies for a moment. */
export function withoutFolder(thrown: unknown, folder: string): unknown {
  if (!(thrown instanceof LoupeError)) return thrown;
  const sentence = thrown.message.replaceAll(folder + path.sep, '');
  return new LoupeError(thrown.code, sentence, { cause: thrown });
}
