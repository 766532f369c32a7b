import type { z } from 'zod';
import type { GraphBuilder } from '../../graph/builder.ts';

/** What a step works with, as names of flat vectors [P] and scalars of the graph. */
export interface UpdateValues {
  readonly theta: string;
  readonly gradient: string;
  /** θ with zeros where it does not decay. */
  readonly decaying: string;
  readonly learningRate: string;
  /** What the optimizer remembers, by name. */
  readonly state: Readonly<Record<string, string>>;
  /** Numbers that depend on the step, by name. */
  readonly scalars: Readonly<Record<string, string>>;
}

export interface Update {
  readonly theta: string;
  readonly state: Readonly<Record<string, string>>;
}

/** One step of descent as a graph. */
export interface OptimizerDefinition<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly citation: string;
  readonly params: Schema;
  /** Names of the vectors that it remembers, all zero before the first step. */
  readonly state: (params: z.output<Schema>) => readonly string[];
  /** Numbers of step 1, 2, …, computed in double precision. */
  readonly scalars?: (step: number, params: z.output<Schema>) => Readonly<Record<string, number>>;
  readonly emit: (b: GraphBuilder, values: UpdateValues, params: z.output<Schema>) => Update;
}

export function defineOptimizer<Schema extends z.ZodObject>(
  definition: OptimizerDefinition<Schema>,
): OptimizerDefinition {
  return Object.freeze(definition) as unknown as OptimizerDefinition;
}
