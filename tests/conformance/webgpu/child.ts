import { messageOf } from '../../../core/base/errors.ts';
import { cases } from './cases.ts';
import { type Errors, compareDevices } from './compare.ts';

/** What the child process answers to a list of case keys. */
export type Answer = { readonly errors: Record<string, Errors> } | { readonly failure: string };

async function answer(keys: ReadonlySet<string>): Promise<Answer> {
  try {
    return { errors: await compareDevices(cases.filter(({ key }) => keys.has(key))) };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

process.on('message', (keys: readonly string[]) => {
  void answer(new Set(keys)).then((result) => process.send?.(result));
});
