import type { Composite, CompositeEntry } from '../autodiff/composite.ts';
import { inlineGraph } from '../graph/inline.ts';
import type { Graph } from '../graph/ir.ts';
import { requestOf } from '../method/define.ts';
import { embedNetwork } from '../model/embed.ts';
import type { Network } from '../model/network.ts';
import { newBuilder } from '../ops/registry.ts';
import { prune } from '../passes/prune.ts';
import type { MethodRequest } from '../protocol/method.ts';
import { defenceOf } from './registry.ts';

/**
 * `network` behind the stages of `requests`, the first of which sees the picture first. The result takes the same image
 * [N, C, H, W] in [0, 1]; its `rules` are the backward rules of the stages, which every gradient through it must take.
 * Nodes and values of a stage are called `defence/<id>/…` (a second one of the same id `defence/<id>.2/…`); names of the
 * network stay as they are.
 */
export function withDefences(network: Network, requests: readonly MethodRequest[]): Network {
  if (requests.length === 0) return network;
  const b = newBuilder();
  const type = network.graph.types.get(network.image) ?? { type: 'float32', shape: [] };
  const dims = network.graph.inputs.find(({ name }) => name === network.image)?.dims;
  const image = b.input(network.image, type, dims);
  const taken = network.graph.nodes.map(({ name }) => name);
  const rules: CompositeEntry[] = [];
  const defended = requests.reduce((value, request) => {
    const stage = emitStage(request, b.shapeOf(value));
    const scope = freeScope(`defence/${request.id}`, [...taken, ...b.nodes.map(({ name }) => name)]);
    rules.push(...confined(stage.rules, scope));
    return inlineGraph(b, scoped(stage.graph, scope), { [stageInput]: value }).current(
      nameIn(scope, stage.image),
    );
  }, image);
  const { logits } = embedNetwork(b, network, defended);
  const graph = b.build([logits], network.graph);
  return { ...network, graph, logits, rules: [...rules, ...(network.rules ?? [])] };
}

const stageInput = 'image';

interface Stage {
  readonly graph: Graph;
  readonly image: string;
  readonly rules: Composite;
}

/** The stage by itself, as a graph from `stageInput` to its `image`. */
function emitStage(request: MethodRequest, shape: readonly number[]): Stage {
  const definition = defenceOf(request.id);
  const { params } = requestOf(definition, request.params);
  const b = newBuilder();
  const { image, rules = [] } = definition.emit(b, b.input(stageInput, { type: 'float32', shape }), params);
  return { graph: prune(b.build([image])), image, rules };
}

/** `wanted`, or the first of `wanted.2`, `wanted.3` … in which no node lies yet. */
function freeScope(wanted: string, nodeNames: readonly string[]): string {
  const isFree = (scope: string): boolean => !nodeNames.some((name) => name.startsWith(`${scope}/`));
  for (let count = 1; ; count++) {
    const scope = count === 1 ? wanted : `${wanted}.${count}`;
    if (isFree(scope)) return scope;
  }
}

const nameIn = (scope: string, name: string): string =>
  name === '' || name === stageInput ? name : `${scope}/${name}`;

/** The same graph with the names of its nodes and values inside `scope`; its input keeps its own. */
function scoped(graph: Graph, scope: string): Graph {
  const inside = (name: string): string => nameIn(scope, name);
  const renamed = <T>(map: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...map].map(([name, value]) => [inside(name), value]));
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      name: inside(node.name),
      inputs: node.inputs.map(inside),
      outputs: node.outputs.map(inside),
    })),
    constants: renamed(graph.constants),
    types: renamed(graph.types),
    outputs: graph.outputs.map(inside),
  };
}

/** The rules for nodes inside `scope` only: a network may have operators of the same kind. */
const confined = (rules: Composite, scope: string): CompositeEntry[] =>
  rules.map(({ matches, rule }) => ({
    matches: (node, b) => node.name.startsWith(`${scope}/`) && matches(node, b),
    rule,
  }));
