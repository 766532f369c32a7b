import { attackOf } from '../attacks/registry.ts';
import { attributionOf, emitExplanations } from '../attribution/emit.ts';
import { LoupeError } from '../base/errors.ts';
import { withDefences } from '../defences/stage.ts';
import { freeNames } from '../graph/freeNames.ts';
import type { Graph } from '../graph/ir.ts';
import { embedNetwork } from '../model/embed.ts';
import { type Model, networkOf } from '../model/model.ts';
import type { Network } from '../model/network.ts';
import { classIndex } from '../model/objective.ts';
import { newBuilder } from '../ops/registry.ts';
import { lowerFor, simplify } from '../passes/pipeline.ts';
import type { MethodRequest } from '../protocol/method.ts';
import type { Target } from '../protocol/target.ts';
import { catalogued } from './catalogue.ts';
import { describeTarget } from './target.ts';
import { loupeVersion } from './versions.ts';

export interface CompileRequest {
  readonly model: Model;
  /** All attributions, or one attack. */
  readonly methods: readonly MethodRequest[];
  readonly target: Target;
  readonly defences: readonly MethodRequest[];
  readonly batch: number;
}

/** A graph with what its metadata says about each method. */
interface Compiled {
  readonly graph: Graph;
  readonly layers: ReadonlyMap<string, readonly string[]>;
}

/**
 * The explanation as a model: one ONNX graph from `image` ([N, C, H, W], pixels in [0, 1]) to
 * `scores`, `probabilities`, and for each attribution `<id>` (raw) and `<id>.map` ([N, 1, H, W]); for an attack `<id>`, the
 * adversarial images, and `<id>.scores`. Only standard operators.
 */
export function compileExplanation(request: CompileRequest): Graph {
  const { model, methods, target, defences } = request;
  const networkAt = (batch: number): Network => withDefences(networkOf(model, batch), defences);
  const { graph, layers } = methods.some(({ id }) => catalogued(id).kind === 'attack')
    ? compiledAttack(request, networkAt(request.batch))
    : compiledAttributions(request, networkAt);
  const entries = methods.map(({ id, params }) => ({
    id,
    params,
    output: id,
    layers: layers.get(id) ?? [],
    citation: catalogued(id).citation,
  }));
  const metadata = {
    'loupe.version': loupeVersion,
    'loupe.methods': JSON.stringify(entries),
    'loupe.target': JSON.stringify(target),
    'loupe.target.description':
      'class' in target && target.class === 'top' ? 'top' : describeTarget(target, model, -1),
    'loupe.defences': JSON.stringify(defences),
    'loupe.source.sha256': model.sha256,
    'loupe.source.name': model.name,
    'loupe.input': 'image: pixels in [0, 1], RGB or grey, [N, C, H, W]; preprocessing is part of the graph',
  };
  return { ...lowerFor(simplify(graph), 'cpu'), name: `${model.name} explained`, metadata };
}

function compiledAttributions(
  { methods, target, batch }: CompileRequest,
  networkAt: (batch: number) => Network,
): Compiled {
  for (const { id } of methods) attributionOf(id);
  const plan = emitExplanations(networkAt(batch), methods, target, { networkAt });
  const layers = plan.methods.map(({ id, layers: used }) => [id, used.map(({ name }) => name)] as const);
  return { graph: plan.graph, layers: new Map(layers) };
}

/** Attacks away from the class that the network names, or towards the target. */
function compiledAttack({ methods, target }: CompileRequest, given: Network): Compiled {
  const [method, ...others] = methods;
  const definition = method === undefined ? undefined : attackOf(method.id);
  if (method === undefined || definition?.emit === undefined || others.length > 0) {
    const what =
      others.length > 0 ? 'Attacks are compiled one at a time' : `${definition?.title ?? 'This'} is a loop`;
    throw new LoupeError('unsupportedOperator', `${what}, so no single graph can be made of it.`);
  }
  if (target.kind !== 'class') throw new LoupeError('badArgument', 'An attack needs a class as its target.');
  const { id, params } = method;
  const { graph, current } = freeNames(given.graph, ['scores', 'probabilities', id, `${id}.scores`]);
  const network = { ...given, graph, logits: current(given.logits) };
  const b = newBuilder(network.graph);
  const named = (value: string, name: string): string => b.add('Identity', [value], {}, { name });
  const classes = classIndex(b, network, target.class);
  const targeted = target.class !== 'top';
  const adversarial = named(definition.emit({ b, network, classes, targeted }, params), id);
  const after = embedNetwork(b, network, adversarial);
  const outputs = [
    named(network.logits, 'scores'),
    named(b.add(network.activation, [network.logits]), 'probabilities'),
    adversarial,
    named(after.logits, `${id}.scores`),
  ];
  return { graph: b.build(outputs, network.graph), layers: new Map() };
}
