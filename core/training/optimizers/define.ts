import type { z } from 'zod';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Evaluation } from '../../method/lbfgs.ts';

interface OptimizerText<Schema extends z.ZodObject> {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly citation: string;
  readonly params: Schema;
}

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
export interface UpdateRule<Schema extends z.ZodObject = z.ZodObject> extends OptimizerText<Schema> {
  readonly kind: 'update';
  /** Names of the vectors that it remembers, all zero before the first step. */
  readonly state: (params: z.output<Schema>) => readonly string[];
  /** Numbers of step 1, 2, …, computed in double precision. */
  readonly scalars?: (step: number, params: z.output<Schema>) => Readonly<Record<string, number>>;
  readonly emit: (b: GraphBuilder, values: UpdateValues, params: z.output<Schema>) => Update;
}

/** A search for the minimum of one batch's objective (loss and penalties), which finds the length of its steps itself. */
export interface Search<Schema extends z.ZodObject = z.ZodObject> extends OptimizerText<Schema> {
  readonly kind: 'search';
  /** The best parameters found, beginning at `theta` [P]; remembers nothing between two batches. */
  readonly search: (
    evaluate: (theta: Float32Array) => Promise<Evaluation>,
    theta: Float32Array,
    params: z.output<Schema>,
  ) => Promise<Float32Array>;
}

export type OptimizerDefinition = UpdateRule | Search;

export function defineOptimizer<Schema extends z.ZodObject>(
  definition: Omit<UpdateRule<Schema>, 'kind'>,
): UpdateRule {
  return Object.freeze({ ...definition, kind: 'update' }) as unknown as UpdateRule;
}

export function defineSearch<Schema extends z.ZodObject>(definition: Omit<Search<Schema>, 'kind'>): Search {
  return Object.freeze({ ...definition, kind: 'search' }) as unknown as Search;
}
