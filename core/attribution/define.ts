import type { z } from 'zod';
import type { Composite } from '../autodiff/composite.ts';
import type { Tensor } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { MethodContext } from '../method/context.ts';
import type { Method, MethodText } from '../method/define.ts';
import type { Layer } from '../model/layers.ts';
import type { Network } from '../model/network.ts';
import type { MethodRequest } from '../protocol/method.ts';
import type { Fact, Progress } from '../protocol/results.ts';
import type { Target } from '../protocol/target.ts';

/** What a method that is a pure graph may use while it emits itself. */
export interface AttributionContext {
  readonly b: GraphBuilder;
  readonly network: Network;
  /** What `score` is. */
  readonly target: Target;
  /** The explained scalar of each example, [N]. */
  readonly score: string;
  /** Cotangents of `wrt` when `score` is differentiated; forward values are shared by all methods of a program. */
  readonly gradient: (wrt: readonly string[], composite?: Composite) => string[];
  /** Resolves a layer reference; records which layer was used. */
  readonly layer: (reference: string) => Layer;
  /**
   * The same scalar for other images: a copy of the network behind `images` [N · repeats, C, H, W], whose example n · repeats + r
   * is scored for the class of example n.
   */
  readonly scoreOf: (
    images: string,
    repeats: number,
  ) => { readonly network: Network; readonly score: string };
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

/** An attribution of one image. */
export interface Attribution {
  /** Raw and signed: [C, H, W] of the input, or [1, h, w] of a layer. */
  readonly attribution: Tensor;
  /** What is drawn: [H, W]. */
  readonly map: Tensor;
  readonly signed: boolean;
  readonly facts?: readonly Fact[];
  /** The layers that were used. */
  readonly layers?: readonly Layer[];
}

/** What a method that loops may use. */
export interface AttributionRun {
  readonly context: MethodContext;
  /** [1, C, H, W] in [0, 1]. */
  readonly image: Tensor;
  /** What is explained; a class is a number here, whatever `top` meant. */
  readonly target: Target;
  /** S of each of n images [n, C, H, W], in batches that fit into memory. */
  readonly score: (images: Tensor) => Promise<Float32Array>;
  /** Another method's attribution of each of n images. */
  readonly attribute: (request: MethodRequest, images: Tensor) => Promise<readonly Attribution[]>;
  /** The feeds that fix the class in a program whose score was emitted with the class as input, for a batch. */
  readonly classFeed: (batch: number) => Readonly<Record<string, Tensor>>;
}

export interface AttributionDefinition extends Method {
  readonly kind: 'attribution';
  readonly command: 'explain';
  /** How the colours of a signed map read; as contributions to the score unless the method says otherwise. */
  readonly reading: string;
  /** Emits the method with parameters that `params` has parsed. */
  readonly emit?: (
    context: AttributionContext,
    params: Readonly<Record<string, unknown>>,
  ) => EmittedAttribution;
  /** Runs the method; taken before `emit` where a method has both. */
  readonly run?: (
    run: AttributionRun,
    params: Readonly<Record<string, unknown>>,
  ) => AsyncGenerator<Progress, Attribution>;
}

interface AttributionText<Schema extends z.ZodObject> extends MethodText<Schema> {
  readonly reading?: string;
}

type Emit<Schema extends z.ZodObject> = (
  context: AttributionContext,
  params: z.output<Schema>,
) => EmittedAttribution;

type Run<Schema extends z.ZodObject> = (
  run: AttributionRun,
  params: z.output<Schema>,
) => AsyncGenerator<Progress, Attribution>;

/** Defines an attribution method: a pure graph (`emit`), a loop (`run`), or a loop that can be a graph as well. */
export function defineAttribution<Schema extends z.ZodObject>(
  definition: AttributionText<Schema> &
    ({ emit: Emit<Schema>; run?: Run<Schema> } | { emit?: Emit<Schema>; run: Run<Schema> }),
): AttributionDefinition {
  const { params, emit, run, ...text } = definition;
  return Object.freeze({
    kind: 'attribution',
    command: 'explain',
    reading: 'Red speaks for the class, blue against it.',
    compiles: emit !== undefined,
    ...text,
    params,
    ...(emit === undefined ? {} : { emit: (context, given) => emit(context, params.parse(given)) }),
    ...(run === undefined ? {} : { run: (given, values) => run(given, params.parse(values)) }),
  } satisfies AttributionDefinition);
}
