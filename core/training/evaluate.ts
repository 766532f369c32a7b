import { sizeOf } from '../base/shape.ts';
import { floatsOf } from '../base/tensor.ts';
import { randomOf } from '../data/seeds.ts';
import type { Scored } from '../protocol/training.ts';
import { outputOf } from '../runtime/program.ts';
import type { Adversarial } from './adversarial.ts';
import { attackBatch } from './attackBatch.ts';
import type { Examples } from './examples.ts';
import { names } from './names.ts';
import type { Problem } from './problem.ts';
import type { Batch, TrainingPrograms, Values } from './programs.ts';
import { purposes } from './purposes.ts';
import { countCorrect } from './scores.ts';

export interface Evaluated extends Scored {
  /** [length, K]. */
  readonly logits: Float32Array;
}

export interface EvaluationQuestion {
  readonly programs: TrainingPrograms;
  readonly problem: Problem;
  readonly examples: Examples;
  readonly values: Values;
  /** Looks at attacked examples. */
  readonly attack?: Adversarial;
  readonly seed?: number;
  /** Only so many, evenly spread over the set, which may be sorted by class. */
  readonly most?: number;
  /** Called between batches; may throw. */
  readonly check?: () => Promise<void>;
}

/** Examples of one run; more gain no time on a CPU. */
const greatestBatch = 100;

/** Runs examples through the network as it will be used. */
export async function evaluate(question: EvaluationQuestion): Promise<Evaluated> {
  const { programs, problem, examples, values, attack, seed = 0 } = question;
  const { outputs, trainable } = problem;
  const length = Math.min(examples.length, question.most ?? examples.length);
  const size = Math.min(greatestBatch, length);
  const logits = new Float32Array(length * outputs);
  let [loss, correct] = [0, 0];
  for (let first = 0; first < length; first += size) {
    await question.check?.();
    // The last batch is filled up with its own first example; what that gives is not counted.
    const real = Math.min(size, length - first);
    const indices = Int32Array.from({ length: size }, (_, at) =>
      Math.floor(((first + (at < real ? at : 0)) * examples.length) / length),
    );
    const clean: Batch = {
      images: new Float32Array(size * sizeOf(trainable.exampleShape)),
      targets: new Float32Array(size * outputs),
    };
    examples.write({ indices, epoch: undefined, ...clean });
    const batch =
      attack === undefined
        ? clean
        : await attackBatch(
            programs,
            clean,
            values,
            attack,
            randomOf(seed, purposes.validationAttack, first),
          );
    const result = await programs.evaluation(batch, values);
    const rows = floatsOf(outputOf(result, names.logits)).subarray(0, real * outputs);
    logits.set(rows, first * outputs);
    for (const each of floatsOf(outputOf(result, names.losses)).subarray(0, real)) loss += each;
    correct += countCorrect(rows, batch.targets.subarray(0, real * outputs), outputs);
  }
  return {
    loss: loss / length,
    ...(examples.labels === undefined ? {} : { accuracy: correct / length }),
    logits,
  };
}
