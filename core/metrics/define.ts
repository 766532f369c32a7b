import type { z } from 'zod';
import type { MethodContext, PictureInput } from '../method/context.ts';
import type { Method, MethodText } from '../method/define.ts';
import type { Progress, Result } from '../protocol/results.ts';

export interface EvaluationRun {
  /** The network, behind its defences if it has any. */
  readonly context: MethodContext;
  /** The pictures that it is measured on, all at once. */
  readonly images: readonly PictureInput[];
}

/** A measurement of a network on many pictures. */
export interface EvaluationDefinition extends Method {
  readonly kind: 'evaluation';
  readonly command: 'robustness';
  readonly run: (
    run: EvaluationRun,
    params: Readonly<Record<string, unknown>>,
  ) => AsyncGenerator<Progress, readonly Result[]>;
}

/** Defines an evaluation. */
export function defineEvaluation<Schema extends z.ZodObject>(
  definition: MethodText<Schema> & {
    run: (run: EvaluationRun, params: z.output<Schema>) => AsyncGenerator<Progress, readonly Result[]>;
  },
): EvaluationDefinition {
  const { params, run } = definition;
  return Object.freeze({
    kind: 'evaluation',
    command: 'robustness',
    compiles: false,
    ...definition,
    run: (given, values) => run(given, params.parse(values)),
  } satisfies EvaluationDefinition);
}
