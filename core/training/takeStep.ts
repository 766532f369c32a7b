import { LoupeError } from '../base/errors.ts';
import { float32, floatsOf, tensor } from '../base/tensor.ts';
import { breathe } from '../method/context.ts';
import { type Feeds, type RunResult, outputOf } from '../runtime/program.ts';
import { names } from './names.ts';
import type { Search, UpdateRule } from './optimizers/define.ts';
import type { Problem } from './problem.ts';
import type { Batch, TrainingPrograms } from './programs.ts';
import type { TrainingState } from './state.ts';

export interface StepQuestion {
  readonly programs: TrainingPrograms;
  readonly problem: Problem;
  readonly batch: Batch;
  readonly state: TrainingState;
  readonly seed: number;
  readonly learningRate: number;
  /** Called before each run of a search; may throw. */
  readonly check: () => void;
}

/** What a step saw and where it leads. */
export interface Step {
  /** Mean over the batch, without penalties: before the update of a rule, after a search. */
  readonly loss: number;
  readonly gradientNorm: number;
  /** [N, K]. */
  readonly logits: Float32Array;
  /** 1 for a search, which scales nothing. */
  readonly learningRate: number;
  readonly next: Pick<TrainingState, 'theta' | 'buffers' | 'memory' | 'average'>;
}

/**
 * One step of the optimizer with a batch.
 *
 * @throws LoupeError nonFinite where something that it computes is not a number.
 */
export async function takeStep(question: StepQuestion): Promise<Step> {
  const { definition, params } = question.problem.optimizer;
  return definition.kind === 'update'
    ? byRule(question, definition, params)
    : bySearch(question, definition, params);
}

const scalarOf = (result: RunResult, name: string): number =>
  floatsOf(outputOf(result, name))[0] ?? Number.NaN;

const normOf = (flat: Float32Array): number => Math.sqrt(flat.reduce((sum, value) => sum + value * value, 0));

async function byRule(
  { programs, batch, state, seed, learningRate }: StepQuestion,
  rule: UpdateRule,
  params: Readonly<Record<string, unknown>>,
): Promise<Step> {
  const { step, memory, average } = state;
  const scalars = Object.entries(rule.scalars?.(step + 1, params) ?? {});
  const vector = (flat: Float32Array) => tensor('float32', flat, [flat.length]);
  const extras: Feeds = {
    [names.learningRate]: float32([learningRate], []),
    ...(average === undefined ? {} : { [names.average]: vector(average) }),
    ...Object.fromEntries(Object.entries(memory).map(([name, flat]) => [names.state(name), vector(flat)])),
    ...Object.fromEntries(scalars.map(([name, value]) => [names.scalar(name), float32([value], [])])),
  };
  const result = await programs.step(batch, state, { seed, step }, extras);
  refuseNonFinite(
    result,
    step,
    `lower the learning rate (${learningRate.toPrecision(3)}), clip the gradient`,
  );
  const next = (name: string): Float32Array => floatsOf(outputOf(result, names.next(name)));
  return {
    loss: scalarOf(result, names.loss),
    gradientNorm: scalarOf(result, names.gradientNorm),
    logits: floatsOf(outputOf(result, names.logits)),
    learningRate,
    next: {
      theta: next(names.theta),
      buffers: next(names.buffers),
      memory: Object.fromEntries(Object.keys(memory).map((name) => [name, next(names.state(name))])),
      average: average === undefined ? undefined : next(names.average),
    },
  };
}

/** The function that is searched has one set of dropout masks and the running statistics that the step began with. */
async function bySearch(
  { programs, batch, state, seed, check }: StepQuestion,
  { search }: Search,
  params: Readonly<Record<string, unknown>>,
): Promise<Step> {
  const { step, buffers, memory, average } = state;
  const at = async (theta: Float32Array): Promise<RunResult> => {
    await breathe({ check });
    return programs.gradient(batch, { theta, buffers }, { seed, step });
  };
  let evaluations = 0;
  const theta = await search(
    async (here) => {
      const result = await at(here);
      // Later ones may overflow: the search then comes back.
      if (evaluations++ === 0) refuseNonFinite(result, step, 'lower the penalties');
      return {
        value: scalarOf(result, names.objective),
        gradient: floatsOf(outputOf(result, names.gradient)),
      };
    },
    state.theta,
    params,
  );
  const found = await at(theta);
  refuseNonFinite(found, step, 'lower the penalties');
  return {
    loss: scalarOf(found, names.loss),
    gradientNorm: normOf(floatsOf(outputOf(found, names.gradient))),
    logits: floatsOf(outputOf(found, names.logits)),
    learningRate: 1,
    next: { theta, buffers: floatsOf(outputOf(found, names.next(names.buffers))), memory, average },
  };
}

/** Outputs in the order in which a step computes them, and their names in a sentence. */
const computed: readonly (readonly [output: string, what: string])[] = [
  [names.loss, 'loss'],
  [names.objective, 'sum of loss and penalties'],
  [names.gradient, 'gradient'],
  [names.gradientNorm, 'gradient'],
];

function refuseNonFinite({ nonFinite }: RunResult, step: number, advice: string): void {
  if (nonFinite.size === 0) return;
  const what = computed.find(([output]) => nonFinite.has(output))?.[1] ?? 'update of the parameters';
  throw new LoupeError(
    'nonFinite',
    `The ${what} is no longer a number at step ${step + 1}. The step was not taken; ${advice}, or look at the data.`,
  );
}
