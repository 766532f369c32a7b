import { LoupeError } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';
import { backward } from '../autodiff/backward.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { freeNames } from '../graph/freeNames.ts';
import type { Graph } from '../graph/ir.ts';
import { type Layer, resolveLayer } from '../model/layers.ts';
import type { Network } from '../model/network.ts';
import { type ClassTarget, classLogit, targetInput } from '../model/objective.ts';
import { newBuilder } from '../ops/registry.ts';
import type { AttributionContext, AttributionDefinition, EmittedAttribution } from './define.ts';
import * as definitions from './index.ts';

/** Every attribution method, by id. */
export const attributions: ReadonlyMap<string, AttributionDefinition> = new Map(
  Object.values(definitions).map((definition) => [definition.id, definition]),
);

export function attributionOf(id: string): AttributionDefinition {
  const found = attributions.get(id);
  if (found !== undefined) return found;
  throw new LoupeError(
    'notFound',
    `There is no attribution method "${id}".${suggestion(id, attributions.keys())}`,
  );
}

export interface MethodRequest {
  readonly id: string;
  readonly params: Readonly<Record<string, unknown>>;
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
  readonly methods: readonly PlannedMethod[];
}

/**
 * Emits all `requests` behind one forward pass: one graph, from the image to scores and attributions.
 * Output names are `scores`, `probabilities`, `<id>` and `<id>.map`.
 */
export function emitExplanations(
  given: Network,
  requests: readonly MethodRequest[],
  target: ClassTarget,
): ExplanationGraph {
  const network = withFreeNames(given, requests);
  const b = newBuilder(network.graph);
  const score = classLogit(b, network, target);
  const methods = requests.map((request) => emitMethod(b, network, score, request));
  const logits = named(b, network.logits, 'scores');
  const probabilities = named(b, b.add(network.activation, [network.logits]), 'probabilities');
  const outputs = [logits, probabilities, ...methods.flatMap(({ attribution, heat }) => [attribution, heat])];
  return { graph: b.build(outputs, network.graph), logits, probabilities, methods };
}

/** The network with its own values renamed where they are called as the explanation's inputs and outputs. */
function withFreeNames(network: Network, requests: readonly MethodRequest[]): Network {
  const ids = requests.flatMap(({ id }) => [id, `${id}.map`]);
  const { graph, current } = freeNames(network.graph, [targetInput, 'scores', 'probabilities', ...ids]);
  return { ...network, graph, logits: current(network.logits) };
}

function emitMethod(b: GraphBuilder, network: Network, score: string, request: MethodRequest): PlannedMethod {
  const definition = attributionOf(request.id);
  const layers: Layer[] = [];
  const context: AttributionContext = {
    b,
    network,
    score,
    gradient: (wrt, composite) =>
      backward(b, composite === undefined ? { of: score, wrt } : { of: score, wrt, composite }),
    layer(reference) {
      const layer = resolveLayer(network, reference);
      layers.push(layer);
      return layer;
    },
  };
  const emitted: EmittedAttribution = definition.emit(context, request.params);
  const attribution = named(b, emitted.attribution, request.id);
  const heat = named(b, emitted.heat, `${request.id}.map`);
  return { ...request, signed: emitted.signed, attribution, heat, layers };
}

/** Gives a value a public name. */
function named(b: GraphBuilder, value: string, name: string): string {
  return b.add('Identity', [value], {}, { name });
}
