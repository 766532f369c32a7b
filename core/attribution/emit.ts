import { LoupeError } from '../base/errors.ts';
import { formatShape } from '../base/shape.ts';
import { backward } from '../autodiff/backward.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { freeNames } from '../graph/freeNames.ts';
import type { Graph } from '../graph/ir.ts';
import { byId, methodOf } from '../method/define.ts';
import { embedNetwork } from '../model/embed.ts';
import { type Layer, listLayers, resolveLayer } from '../model/layers.ts';
import type { Network } from '../model/network.ts';
import { classIndex, emitScore, emitScoreOf, targetInput } from '../model/objective.ts';
import { newBuilder } from '../ops/registry.ts';
import type { MethodRequest } from '../protocol/method.ts';
import type { Target } from '../protocol/target.ts';
import type { AttributionContext, AttributionDefinition } from './define.ts';
import * as definitions from './index.ts';

export type { MethodRequest } from '../protocol/method.ts';

/** Every attribution method, by id. */
export const attributions: ReadonlyMap<string, AttributionDefinition> = byId(definitions);

export function attributionOf(id: string): AttributionDefinition {
  return methodOf(attributions, id, 'attribution method');
}

/** One method inside a program: the names of its outputs, and what it settled. */
export interface PlannedMethod extends MethodRequest {
  readonly signed: boolean;
  /** Output names in the graph. */
  readonly attribution: string;
  readonly heat: string;
  /** The layers it resolved, if it has any. */
  readonly layers: readonly Layer[];
}

export interface ExplanationGraph {
  readonly graph: Graph;
  /** Output names of logits and probabilities, [N, classes]. */
  readonly logits: string;
  readonly probabilities: string;
  /** Output name of what is explained, [N]. */
  readonly score: string;
  readonly methods: readonly PlannedMethod[];
}

export interface EmitOptions {
  /** Makes the class of the target an input of the graph (`targetInput`), so that one program serves every class. */
  readonly classInput?: boolean;
  /** The network at another batch size, for methods that need several images an example. */
  readonly networkAt?: (batch: number) => Network;
}

/**
 * Emits all `requests` behind one forward pass: one graph, from the image to scores and attributions.
 * Output names are `scores`, `probabilities`, `<id>` and `<id>.map`.
 */
export function emitExplanations(
  given: Network,
  requests: readonly MethodRequest[],
  target: Target,
  options: EmitOptions = {},
): ExplanationGraph {
  const network = withFreeNames(given, requests);
  const b = newBuilder(network.graph);
  const score = emitScore(b, network, target, options.classInput);
  const question: Question = { b, network, target, score, options };
  const methods = requests.map((request) => emitMethod(question, request));
  const logits = named(b, network.logits, 'scores');
  const probabilities = named(b, b.add(network.activation, [network.logits]), 'probabilities');
  const outputs = [logits, probabilities, ...methods.flatMap(({ attribution, heat }) => [attribution, heat])];
  return { graph: b.build(outputs, network.graph), logits, probabilities, score, methods };
}

/** The network with its own values renamed where they are called as the explanation's inputs and outputs. */
function withFreeNames(network: Network, requests: readonly MethodRequest[]): Network {
  const ids = requests.flatMap(({ id }) => [id, `${id}.map`]);
  const { graph, current } = freeNames(network.graph, [targetInput, 'scores', 'probabilities', ...ids]);
  return { ...network, graph, logits: current(network.logits) };
}

interface Question {
  readonly b: GraphBuilder;
  readonly network: Network;
  readonly target: Target;
  readonly score: string;
  readonly options: EmitOptions;
}

function emitMethod(question: Question, request: MethodRequest): PlannedMethod {
  const { b, network, target, score } = question;
  const definition = attributionOf(request.id);
  if (definition.emit === undefined) {
    throw new LoupeError(
      'unsupportedOperator',
      `${definition.title} is a loop over many runs of the network, no single graph, so it cannot be compiled.`,
    );
  }
  const layers: Layer[] = [];
  const context: AttributionContext = {
    b,
    network,
    target,
    score,
    gradient: (wrt, composite = []) =>
      backward(b, { of: score, wrt, composite: [...(network.rules ?? []), ...composite] }),
    layer(reference) {
      const layer = featureMap(question, reference);
      layers.push(layer);
      return layer;
    },
    scoreOf: (images, repeats) => scoreOfImages(question, images, repeats),
  };
  const emitted = definition.emit(context, request.params);
  const attribution = named(b, emitted.attribution, request.id);
  const heat = named(b, emitted.heat, `${request.id}.map`);
  return { ...request, signed: emitted.signed, attribution, heat, layers };
}

/** The layer of this name if it has a height and a width and lies before the score; `auto` is the last one that does. */
function featureMap({ b, network, score }: Question, reference: string): Layer {
  const before = ancestors(b, score);
  const layer =
    reference === 'auto'
      ? (listLayers(network).findLast(({ value }) => before.has(value)) ?? resolveLayer(network, reference))
      : resolveLayer(network, reference);
  if (layer.shape.length !== 4) {
    throw new LoupeError(
      'badArgument',
      `Expected a feature map with height and width for the layer but received "${layer.name}" of shape ${formatShape(layer.shape)}.`,
    );
  }
  if (before.has(layer.value)) return layer;
  throw new LoupeError(
    'badArgument',
    `The layer "${layer.name}" does not lie before what is explained, so it has no part in it. Choose an earlier layer.`,
  );
}

/** All values that a value is computed from, itself included. */
function ancestors(b: GraphBuilder, value: string): ReadonlySet<string> {
  const found = new Set([value]);
  // A Set grows while it is walked.
  for (const name of found) for (const input of b.producerOf(name)?.inputs ?? []) found.add(input);
  return found;
}

function scoreOfImages({ b, network, target, options }: Question, images: string, repeats: number) {
  const [batch = 1] = b.shapeOf(network.logits);
  if (options.networkAt === undefined)
    throw new LoupeError('internal', 'No network of another batch size is at hand here.');
  const copy = embedNetwork(b, options.networkAt(batch * repeats), images);
  if ('layer' in target) return { network: copy, score: emitScore(b, copy, target) };
  const index = classIndex(b, network, options.classInput === true ? 'input' : target.class);
  const column = b.add('Unsqueeze', [index, b.axes([1])]);
  const repeated = b.add('Expand', [column, b.axes([batch, repeats])]);
  const each = b.add('Reshape', [repeated, b.axes([batch * repeats])]);
  return { network: copy, score: emitScoreOf(b, copy, target, each) };
}

/** Gives a value a public name. */
function named(b: GraphBuilder, value: string, name: string): string {
  return b.add('Identity', [value], {}, { name });
}
