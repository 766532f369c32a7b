import { LoupeError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Graph } from '../graph/ir.ts';
import { withPreprocessing } from '../model/network.ts';
import type { InputCard } from '../protocol/card.ts';
import { type Layout, layoutOf } from './layout.ts';

/** A network that can be trained, in inference form: what is trained are constants of its graph. */
export interface Trainable {
  /** One image-like input, untyped; preprocessing is inside. */
  readonly graph: Graph;
  readonly input: string;
  /** Shape of one example without the batch axis. */
  readonly exampleShape: readonly number[];
  readonly logits: string;
  readonly parameters: Layout;
  /** Running statistics of batch norms. */
  readonly buffers: Layout;
}

export interface TrainableQuestion {
  readonly graph: Graph;
  /** Names of the constants to train. */
  readonly parameters: readonly string[];
  readonly buffers: readonly string[];
  /** What is done to pixels first; nothing for networks that do not take images. */
  readonly card?: InputCard;
}

/**
 * Prepares a network for training.
 *
 * @throws LoupeError badArgument unless it has one input and one output and all parameters are float constants of it.
 */
export function trainableOf({ graph, parameters, buffers, card }: TrainableQuestion): Trainable {
  const [input, ...others] = graph.inputs;
  const [logits, ...more] = graph.outputs;
  if (input === undefined || others.length > 0 || logits === undefined || more.length > 0) {
    throw new LoupeError('badGraph', 'Expected one input and one output of a network that is to be trained.');
  }
  const prepared = card === undefined ? graph : withPreprocessing(graph, input.name, card);
  const [image = input] = prepared.inputs;
  return {
    graph: prepared,
    input: image.name,
    exampleShape: image.dims.slice(1).map(known),
    logits,
    parameters: layoutOf(graph.constants, parameters),
    buffers: layoutOf(graph.constants, buffers),
  };
}

function known(dim: number | string): number {
  if (typeof dim === 'number') return dim;
  throw new LoupeError(
    'badGraph',
    `The size "${dim}" of the network's input is not fixed, so it cannot be trained.`,
  );
}

/** The network with other values of its parameters and buffers: what is saved. */
export function withValues(graph: Graph, values: ReadonlyMap<string, Tensor>): Graph {
  const constants = new Map(graph.constants);
  for (const [name, value] of values) constants.set(name, value);
  return { ...graph, constants };
}
