import { messageOf } from '../../../core/base/errors.ts';
import type { Target } from '../../../core/passes/lower/define.ts';
import { cases } from './cases.ts';
import { type Errors, compareDevices } from './compare.ts';

/** What the child process is asked. */
export interface Question {
  readonly keys: readonly string[];
  /** Whose formulations WebGPU is given. */
  readonly lowering: Target;
}

/** What it answers. */
export type Answer = { readonly errors: Record<string, Errors> } | { readonly failure: string };

async function answer({ keys, lowering }: Question): Promise<Answer> {
  const asked = new Set(keys);
  try {
    return {
      errors: await compareDevices(
        cases.filter(({ key }) => asked.has(key)),
        lowering,
      ),
    };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

process.on('message', (question: Question) => {
  void answer(question).then((result) => process.send?.(result));
});
