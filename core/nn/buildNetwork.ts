import type { z } from 'zod';
import { LoupeError, expected, messageOf } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';
import { badParameter } from '../base/parameters.ts';
import { formatShape } from '../base/shape.ts';
import type { Dim, Graph } from '../graph/ir.ts';
import { type Layer, NetworkBuilder, type NetworkOptions } from './networkBuilder.ts';

/** The picture that a network takes. */
export interface InputShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** What `buildNetwork` must know of an architecture; `models/architectures` defines them. */
export interface NetworkDefinition {
  readonly id: string;
  /** Schema of the parameters, all with defaults. */
  readonly params: z.ZodObject;
  readonly input: (params: Readonly<Record<string, unknown>>) => InputShape;
  readonly build: (params: Readonly<Record<string, unknown>>) => Layer;
}

/** A network in inference form: what training starts from, and what is exported when it has ended. */
export interface BuiltNetwork {
  /** Input `input` [N, C, H, W] with a dynamic N, output `logits` [N, classes]; untyped until it is specialised. */
  readonly graph: Graph;
  /** Names of trainable constants, in order. */
  readonly parameters: readonly string[];
  /** Names of running statistics, in order. */
  readonly buffers: readonly string[];
  /** Beginnings of names that the published network has and this one leaves out (auxiliary classifiers). */
  readonly omitted: readonly string[];
  readonly input: InputShape;
  readonly classes: number;
}

const [inputName, logitsName] = ['input', 'logits'] as const;

/**
 * Builds an architecture with fresh parameters.
 *
 * @param given parameters of the architecture by name; those not given take their defaults.
 * @throws LoupeError badArgument with a sentence where a parameter is unknown or out of range, or the picture too small.
 */
export function buildNetwork(
  definition: NetworkDefinition,
  given: Readonly<Record<string, unknown>>,
  options: NetworkOptions,
): BuiltNetwork {
  const params = checkedParams(definition, given);
  const input = definition.input(params);
  const net = new NetworkBuilder(options);
  const { channels, height, width } = input;
  net.b.reserve([logitsName]);
  net.b.input(inputName, { type: 'float32', shape: [1, channels, height, width] }, [
    'N',
    channels,
    height,
    width,
  ]);
  const output = emitted(definition, params, net, input);
  const { parameters, buffers, omitted } = net;
  const graph = finished(net.b.build([output], { name: definition.id }), output);
  return { graph, parameters, buffers, omitted, input, classes: classesOf(net, output, definition) };
}

function checkedParams(
  { id, params }: NetworkDefinition,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const known = Object.keys(params.shape);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = suggestion(unknown, known);
    throw new LoupeError(
      'badArgument',
      `The architecture ${id} has no parameter "${unknown}".${near === '' ? ` It has ${known.join(', ')}.` : near}`,
    );
  }
  const parsed = params.safeParse(given);
  if (parsed.success) return parsed.data;
  throw badParameter(parsed.error, id);
}

function emitted(
  definition: NetworkDefinition,
  params: Readonly<Record<string, unknown>>,
  net: NetworkBuilder,
  { channels, height, width }: InputShape,
): string {
  try {
    return definition.build(params)(net, inputName);
  } catch (error) {
    if (!(error instanceof LoupeError) || error.code !== 'badGraph') throw error;
    throw new LoupeError(
      'badArgument',
      `The architecture ${definition.id} cannot be built for an input of ${formatShape([channels, height, width])}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function classesOf(net: NetworkBuilder, output: string, { id }: NetworkDefinition): number {
  const [batch, classes, ...rest] = net.shapeOf(output);
  if (batch === 1 && classes !== undefined && rest.length === 0) return classes;
  throw expected('internal', {
    wanted: 'logits [N, classes]',
    for: `the architecture ${id}`,
    received: formatShape(net.shapeOf(output)),
  });
}

/** The graph with its output called `logits`, without the types of a batch of one. */
function finished(graph: Graph, output: string): Graph {
  const current = (name: string): string => (name === output ? logitsName : name);
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(current),
    outputs: node.outputs.map(current),
  }));
  return { ...graph, nodes, outputs: [logitsName], types: new Map() };
}

/** What `saveOnnx` must be told of the output, because the graph is untyped: `saveOnnx(graph, path, { outputs: outputTypes(built) })`. */
export function outputTypes({ classes }: Pick<BuiltNetwork, 'classes'>) {
  return { [logitsName]: { type: 'float32' as const, dims: ['N', classes] satisfies readonly Dim[] } };
}
