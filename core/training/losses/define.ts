import type { z } from 'zod';
import type { GraphBuilder } from '../../graph/builder.ts';

export interface LossValues {
  /** [N, K]. */
  readonly logits: string;
  /** [N, K]: one-hot classes or mixtures of them, or the numbers that are wanted. */
  readonly targets: string;
}

/** What training lowers, as a graph. */
export interface LossDefinition<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly citation: string;
  readonly params: Schema;
  /** The loss of each example, [N]. */
  readonly emit: (b: GraphBuilder, values: LossValues, params: z.output<Schema>) => string;
}

export function defineLoss<Schema extends z.ZodObject>(definition: LossDefinition<Schema>): LossDefinition {
  return Object.freeze(definition) as unknown as LossDefinition;
}
