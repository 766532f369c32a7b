import type { z } from 'zod';
import type { Tensor } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { MethodContext } from '../method/context.ts';
import type { Method, MethodText } from '../method/define.ts';
import type { Network } from '../model/network.ts';
import type { Progress } from '../protocol/results.ts';

export type Norm = 'linf' | 'l2';

/** A ball that a perturbation must not leave, in units of pixels in [0, 1]. */
export interface Budget {
  readonly norm: Norm;
  readonly epsilon: number;
}

/** What is attacked: n images that the network has right (or not yet at their targets). */
export interface AttackRun {
  readonly context: MethodContext;
  /** [n, C, H, W] in [0, 1]. */
  readonly images: Tensor;
  /** A class an image: the one to leave, or the one to reach if `targeted`. */
  readonly classes: readonly number[];
  readonly targeted: boolean;
  /** Seeds the random numbers of each image: they do not depend on what else is in the run. */
  readonly purposes: readonly string[];
}

/** How the search of one example went. */
export interface AttackTrace {
  /** What a row is: `step`, `search` … */
  readonly rows: string;
  /** Numbers by what they are (loss, lead …), one a row. */
  readonly series: Readonly<Record<string, readonly number[]>>;
}

export interface AttackOutcome {
  /** [n, C, H, W] in [0, 1]; where it found nothing, its best try. */
  readonly adversarial: Tensor;
  /** One an example, for attacks that search. */
  readonly traces?: readonly AttackTrace[];
}

/** What a one-step attack may use while it emits itself as a graph. */
export interface AttackContext {
  readonly b: GraphBuilder;
  readonly network: Network;
  /** int64 [N]: the class to leave, or to reach if `targeted`. */
  readonly classes: string;
  readonly targeted: boolean;
}

export interface AttackDefinition extends Method {
  readonly kind: 'attack';
  readonly command: 'attack';
  /** Whether it can be told which class to reach; all can leave the class that is right. */
  readonly targetable: boolean;
  /** The ball that these parameters allow; undefined for attacks that look for the smallest perturbation. */
  readonly budget: (params: Readonly<Record<string, unknown>>) => Budget | undefined;
  /** Emits the adversarial image [N, C, H, W]. */
  readonly emit?: (context: AttackContext, params: Readonly<Record<string, unknown>>) => string;
  readonly run: (
    run: AttackRun,
    params: Readonly<Record<string, unknown>>,
  ) => AsyncGenerator<Progress, AttackOutcome>;
}

/** Defines an attack. What all have in common (bounds, clipping, 8-bit files, reports) is in `attack.ts`. */
export function defineAttack<Schema extends z.ZodObject>(
  definition: MethodText<Schema> & {
    targetable?: boolean;
    budget?: (params: z.output<Schema>) => Budget;
    emit?: (context: AttackContext, params: z.output<Schema>) => string;
    run: (run: AttackRun, params: z.output<Schema>) => AsyncGenerator<Progress, AttackOutcome>;
  },
): AttackDefinition {
  const { params, budget, emit, run, ...text } = definition;
  return Object.freeze({
    kind: 'attack',
    command: 'attack',
    targetable: true,
    compiles: emit !== undefined,
    ...text,
    params,
    budget: (given) => budget?.(params.parse(given)),
    ...(emit === undefined ? {} : { emit: (context, given) => emit(context, params.parse(given)) }),
    run: (given, values) => run(given, params.parse(values)),
  } satisfies AttackDefinition);
}
