import { breathe } from '../method/context.ts';
import { throwIfCancelled } from '../base/cancel.ts';
import { LoupeError } from '../base/errors.ts';
import type { TrainingEvent } from '../protocol/training.ts';
import { type Evaluated, evaluate } from './evaluate.ts';
import type { TrainingPrograms } from './programs.ts';
import { confusionOf, mistakesOf } from './scores.ts';
import { type TrainingSetup, validationAttack } from './setup.ts';
import { type EpochRecord, type TrainingState, noSums, usedTheta } from './state.ts';

export interface EndOfEpoch {
  readonly state: TrainingState;
  /** What was seen. Whoever stops the training at one of them looks again. */
  readonly findings: readonly TrainingEvent[];
  /** The last event of the epoch, with which it has ended. */
  readonly event: TrainingEvent;
}

/** Attacked examples by which robust accuracy is followed: enough for ±3 %. */
const attackedExamples = 500;
const shownMistakes = 25;

/** Robust accuracy that falls to less than half of its best within an epoch has collapsed (Wong, Rice and Kolter 2020, fig. 3). */
const collapseShare = 0.5;

/**
 * Looks at the held-out examples and keeps the books.
 *
 * @throws LoupeError nonFinite where their loss is not a number.
 */
export async function endOfEpoch(
  setup: TrainingSetup,
  programs: TrainingPrograms,
  state: TrainingState,
  index: number,
  seconds: number,
): Promise<EndOfEpoch> {
  const { problem, validation, adversarial, seed } = setup;
  const values = { theta: usedTheta(state), buffers: state.buffers };
  const check = () => breathe({ check: () => throwIfCancelled(setup.signal) });
  const question = { programs, problem, values, seed, check };
  const held = validation === undefined ? undefined : await evaluate({ ...question, examples: validation });
  if (held !== undefined) refuseNonFinite(held, index + 1);
  const robust =
    validation === undefined || adversarial === undefined
      ? undefined
      : await evaluate({
          ...question,
          examples: validation,
          attack: validationAttack(adversarial),
          most: attackedExamples,
        });
  const record = recordOf(setup, state, index + 1, held, robust?.accuracy);
  const value = rankOf(record);
  const best =
    state.best === undefined || value > state.best.value ? { epoch: record.epoch, value } : state.best;
  const next = { ...state, sums: noSums, epochs: [...state.epochs, record], best };
  return {
    state: next,
    findings: [...mistakes(setup, record.epoch, held), ...collapseWarnings(next)],
    event: { kind: 'epoch', ...record, best: best.epoch === record.epoch, seconds },
  };
}

/** Whether a training ends early: the best epoch is so many epochs ago. */
export const hasWaited = (patience: number | undefined, { best, epochs }: TrainingState): boolean =>
  patience !== undefined && best !== undefined && epochs.length - best.epoch >= patience;

function refuseNonFinite({ loss }: Evaluated, epoch: number): void {
  if (Number.isFinite(loss)) return;
  throw new LoupeError(
    'nonFinite',
    `The loss of the held-out examples is no longer a number after epoch ${epoch}. Lower the learning rate, clip the gradient, or look at the data.`,
  );
}

function recordOf(
  { training }: TrainingSetup,
  { sums }: TrainingState,
  epoch: number,
  held: Evaluated | undefined,
  robustAccuracy: number | undefined,
): EpochRecord {
  const scored = ({ loss, accuracy }: { loss: number; accuracy?: number | undefined }) => ({
    loss,
    ...(accuracy === undefined ? {} : { accuracy }),
  });
  const accuracy = training.labels === undefined ? undefined : sums.correct / sums.examples;
  return {
    epoch,
    training: scored({ loss: sums.loss / sums.examples, accuracy }),
    ...(held === undefined ? {} : { validation: scored(held) }),
    ...(robustAccuracy === undefined ? {} : { robustAccuracy }),
  };
}

/** What "best" means: robust accuracy where it is followed, else accuracy, else the smallest loss. */
export function rankOf({ training, validation, robustAccuracy }: EpochRecord): number {
  const { accuracy, loss } = validation ?? training;
  return robustAccuracy ?? accuracy ?? -loss;
}

function collapseWarnings({ epochs, step }: TrainingState): TrainingEvent[] {
  const accuracies = epochs.flatMap(({ robustAccuracy }) =>
    robustAccuracy === undefined ? [] : [robustAccuracy],
  );
  const now = accuracies.at(-1);
  const best = Math.max(...accuracies.slice(0, -1));
  if (now === undefined || accuracies.length < 2 || now >= collapseShare * best) return [];
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return [
    {
      kind: 'warning',
      step,
      sentence: `The accuracy under PGD has fallen from ${percent(best)} to ${percent(now)} of the held-out examples: the network has learned to mask its gradient from the inner attack (catastrophic overfitting). Take more steps, a smaller step or a random start.`,
    },
  ];
}

function mistakes(
  { validation, problem }: TrainingSetup,
  epoch: number,
  held: Evaluated | undefined,
): TrainingEvent[] {
  const labels = validation?.labels;
  if (held === undefined || labels === undefined) return [];
  const { outputs } = problem;
  return [
    {
      kind: 'mistakes',
      epoch,
      confusion: confusionOf(held.logits, labels, outputs),
      misclassified: mistakesOf(held.logits, labels, outputs, shownMistakes),
    },
  ];
}
