import type { z } from 'zod';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Composite } from '../autodiff/composite.ts';
import type { Layer } from '../model/layers.ts';
import type { Network } from '../model/network.ts';

/** What a method that is a pure graph may use while it emits itself. */
export interface AttributionContext {
  readonly b: GraphBuilder;
  readonly network: Network;
  /** The explained scalar of each example, [N]. */
  readonly score: string;
  /** Cotangents of `wrt` when `score` is differentiated; forward values are shared by all methods of a program. */
  readonly gradient: (wrt: readonly string[], composite?: Composite) => string[];
  /** Resolves a layer reference; records which layer was used. */
  readonly layer: (reference: string) => Layer;
}

/** What a method emitted. */
export interface EmittedAttribution {
  /** The raw, signed result: input-shaped [N, C, H, W], or a map [N, 1, h, w] at layer resolution. */
  readonly attribution: string;
  /** What is drawn: [N, 1, H, W] at image resolution. */
  readonly heat: string;
  /** Whether `heat` has a meaningful zero (a diverging colour map) or starts at zero. */
  readonly signed: boolean;
}

export interface AttributionDefinition {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Paper and equation. */
  readonly citation: string;
  /** How the colours of a signed map read; as contributions to the score unless the method says otherwise. */
  readonly reading: string;
  /** Schema of the parameters, with defaults from the paper; the command line's flags and the recipe follow from it. */
  readonly params: z.ZodObject;
  /** Emits the method with parameters that `params` has parsed. */
  readonly emit: (
    context: AttributionContext,
    params: Readonly<Record<string, unknown>>,
  ) => EmittedAttribution;
}

/** Defines an attribution method that is a pure graph. */
export function defineAttribution<Schema extends z.ZodObject>(definition: {
  id: string;
  title: string;
  description: string;
  citation: string;
  reading?: string;
  params: Schema;
  emit: (context: AttributionContext, params: z.output<Schema>) => EmittedAttribution;
}): AttributionDefinition {
  const { params, emit } = definition;
  return Object.freeze({
    reading: 'Red speaks for the class, blue against it.',
    ...definition,
    emit: (context, given) => emit(context, params.parse(given)),
  } satisfies AttributionDefinition);
}
