import { LoupeError } from '../base/errors.ts';
import { formatShape } from '../base/shape.ts';
import { type Tensor, floatsOf } from '../base/tensor.ts';
import type { MethodContext } from '../method/context.ts';
import type { MethodRequest } from '../protocol/method.ts';
import type { Progress } from '../protocol/results.ts';
import type { AttackDefinition, AttackTrace, Budget } from './define.ts';
import { attackOf } from './registry.ts';
import { budgetTolerance, normsBetween } from './shared/ball.ts';
import { allRows } from './shared/chunks.ts';
import { classify, probabilitiesOf, requireFinite } from './shared/classify.ts';
import { type AttackGoal, checkGoal } from './shared/goal.ts';
import { quantised } from './shared/lattice.ts';
import type { AttackReport, ExampleReport, Verdict } from './shared/report.ts';
import { copyOf, rowOf, takeRows } from './shared/rows.ts';
import { isFooled, topOf } from './shared/verdict.ts';

export { attackResults } from './shared/attackResults.ts';
export type { AttackGoal } from './shared/goal.ts';
export type { AttackReport, ExampleReport, ExampleStatus, Verdict } from './shared/report.ts';

/** Attacks all images of `goal` with the attack that `request` names. */
export function attackImages(
  context: MethodContext,
  request: MethodRequest,
  goal: AttackGoal,
): AsyncGenerator<Progress, AttackReport> {
  return runAttack(context, attackOf(request.id), request.params, goal);
}

/**
 * What all attacks have in common. Images that are wrong already (or at their target) stay as they are. What the attack makes of
 * the others is checked against box and budget, rounded to 8 bits and classified again: only the rounded picture counts.
 *
 * @throws LoupeError badArgument for a goal that does not fit; nonFinite for NaN; internal for an attack that leaves its ball.
 */
export async function* runAttack(
  context: MethodContext,
  definition: AttackDefinition,
  params: Readonly<Record<string, unknown>>,
  goal: AttackGoal,
): AsyncGenerator<Progress, AttackReport> {
  checkGoal(context.network(), definition, goal);
  const { images, classes, targeted } = goal;
  const clean = await classify(context, images);
  const rows = allRows(classes.length).filter(
    (row) => !isFooled(topOf(rowOf(clean, row)), classes[row] ?? 0, targeted),
  );
  const budget = definition.budget(params);
  const attacked = yield* attackRows(context, definition, params, { goal, rows });
  const raw = withRows(images, rows, attacked.images);
  const adversarial = quantised(raw, images, budget);
  const { activation } = context.network();
  const judged = (logits: Tensor): Judged => ({ logits, probabilities: probabilitiesOf(logits, activation) });
  const after = async (saved: Tensor): Promise<Judged> =>
    judged(withRows(clean, rows, await classify(context, saved)));
  const before = judged(clean);
  const unrounded = await after(attacked.images);
  const saved = await after(takeRows(adversarial, rows));
  const isAttacked = new Set(rows);
  const examples = classes.map((wanted, row): ExampleReport => {
    const verdicts = {
      clean: verdictAt(before, row),
      adversarial: verdictAt(unrounded, row),
      saved: verdictAt(saved, row),
    };
    const norms = normsBetween(rowOf(adversarial, row), rowOf(images, row));
    const untouched = targeted ? 'alreadyTarget' : 'cleanError';
    const status = isAttacked.has(row) ? outcomeOf(verdicts, wanted, targeted) : untouched;
    return { status, ...verdicts, norms };
  });
  const probabilities = { clean: before.probabilities, saved: saved.probabilities };
  return {
    title: definition.title,
    budget,
    raw,
    adversarial,
    examples,
    probabilities,
    traces: attacked.traces,
  };
}

/** What the network says of images: both [n, classes]. */
interface Judged {
  readonly logits: Tensor;
  readonly probabilities: Tensor;
}

function verdictAt({ logits, probabilities }: Judged, row: number): Verdict {
  const [z, p] = [rowOf(logits, row), rowOf(probabilities, row)];
  const index = topOf(z);
  return { index, probability: p[index] ?? Number.NaN, logit: z[index] ?? Number.NaN };
}

interface Attacked {
  /** [rows, C, H, W]. */
  readonly images: Tensor;
  /** One an example of the goal. */
  readonly traces: readonly (AttackTrace | undefined)[];
}

/** Runs the attack on the examples `rows` of the goal. */
async function* attackRows(
  context: MethodContext,
  definition: AttackDefinition,
  params: Readonly<Record<string, unknown>>,
  { goal, rows }: { goal: AttackGoal; rows: readonly number[] },
): AsyncGenerator<Progress, Attacked> {
  const traces: (AttackTrace | undefined)[] = goal.classes.map(() => undefined);
  const images = takeRows(goal.images, rows);
  if (rows.length === 0) return { images, traces };
  const run = {
    context,
    images,
    classes: rows.map((row) => goal.classes[row] ?? 0),
    targeted: goal.targeted,
    purposes: rows.map((row) => goal.purposes[row] ?? ''),
  };
  const outcome = yield* definition.run(run, params);
  rows.forEach((row, at) => {
    traces[row] = outcome.traces?.[at];
  });
  return { images: checked(definition, definition.budget(params), images, outcome.adversarial), traces };
}

/** What the attack returned, cut to the box; an attack that left its ball has a fault, and nothing it says counts. */
function checked(
  { title }: AttackDefinition,
  budget: Budget | undefined,
  originals: Tensor,
  adversarial: Tensor,
): Tensor {
  if (adversarial.dims.join() !== originals.dims.join()) {
    throw new LoupeError('internal', `${title} returned images of shape ${formatShape(adversarial.dims)}.`);
  }
  requireFinite(adversarial, `the images of ${title}`);
  const inBox = { ...adversarial, data: floatsOf(adversarial).map((x) => Math.min(1, Math.max(0, x))) };
  if (budget === undefined) return inBox;
  for (const row of allRows(originals.dims[0] ?? 0)) {
    const norms = normsBetween(rowOf(inBox, row), rowOf(originals, row));
    if (norms[budget.norm] <= budget.epsilon + budgetTolerance) continue;
    throw new LoupeError(
      'internal',
      `${title} left its ball: the perturbation has the norm ${norms[budget.norm]}, and ε is ${budget.epsilon}.`,
    );
  }
  return inBox;
}

/** A copy of `whole` with `part` in the places of the examples `rows`. */
function withRows(whole: Tensor, rows: readonly number[], part: Tensor): Tensor {
  const copy = copyOf(whole);
  rows.forEach((row, at) => {
    rowOf(copy, row).set(rowOf(part, at));
  });
  return copy;
}

function outcomeOf(
  { adversarial, saved }: Pick<ExampleReport, 'adversarial' | 'saved'>,
  wanted: number,
  targeted: boolean,
): 'succeeded' | 'lostInRounding' | 'failed' {
  if (isFooled(saved.index, wanted, targeted)) return 'succeeded';
  return isFooled(adversarial.index, wanted, targeted) ? 'lostInRounding' : 'failed';
}
