import path from 'node:path';
import { z } from 'zod';
import { LoupeError, messageOf } from '../base/errors.ts';
import { readBytes } from '../base/files.ts';
import type { Model } from '../model/model.ts';
import type { ImageRequest } from './request.ts';
import { parseClass } from './target.ts';

export interface LabelSource {
  /** One class for all pictures. */
  readonly label?: string | undefined;
  /** A .csv or .json file of classes by picture, or `folder`. */
  readonly labels?: string | undefined;
}

/** Pictures with the classes that a person said are right. */
export async function labelledImages(
  model: Model,
  paths: readonly string[],
  { label, labels }: LabelSource,
): Promise<ImageRequest[]> {
  if (label !== undefined && labels !== undefined)
    throw new LoupeError('badArgument', 'Give --label or --labels, not both.');
  if (label !== undefined) {
    const one = fixed(label, model);
    return paths.map((file) => ({ path: file, label: one }));
  }
  if (labels === undefined) return paths.map((file) => ({ path: file }));
  if (labels === 'folder') {
    return paths.map((file) => ({ path: file, label: fixed(path.basename(path.dirname(file)), model) }));
  }
  const known = await readLabelFile(labels);
  return paths.map((file) => {
    const text = known.get(file) ?? known.get(path.basename(file));
    if (text !== undefined) return { path: file, label: fixed(text, model) };
    throw new LoupeError(
      'badFile',
      `${labels} says no class for ${file}; name it there, or leave the picture out.`,
    );
  });
}

function fixed(text: string, model: Model): number {
  const found = parseClass(text, model);
  if (found !== 'top') return found;
  throw new LoupeError(
    'badArgument',
    'Expected a class index or label as the right class but received "top".',
  );
}

async function readLabelFile(file: string): Promise<Map<string, string>> {
  const text = new TextDecoder().decode(await readBytes(file, 'file of labels'));
  if (!file.endsWith('.json'))
    return new Map(
      text
        .split(/\r?\n/)
        .filter((line) => line.trim() !== '')
        .map((line) => pairOf(line, file)),
    );
  try {
    const entries = z.record(z.string(), z.union([z.string(), z.int()])).parse(JSON.parse(text));
    return new Map(Object.entries(entries).map(([name, value]) => [name, String(value)]));
  } catch (error) {
    throw new LoupeError(
      'badFile',
      `Expected {"file": class, …} in ${file}: ${messageOf(error).slice(0, 120)}`,
    );
  }
}

/** `dog.jpg,Samoyed`: the file up to the first comma, then the class. */
function pairOf(line: string, file: string): [string, string] {
  const comma = line.indexOf(',');
  const [name, value] = [line.slice(0, comma), line.slice(comma + 1)].map((part) =>
    part.trim().replace(/^"(.*)"$/, '$1'),
  );
  if (comma > 0 && name !== undefined && value !== undefined && value !== '') return [name, value];
  throw new LoupeError(
    'badFile',
    `Expected lines "file,class" in ${file} but received "${line.slice(0, 60)}".`,
  );
}
