import { sizeOf } from '../base/shape.ts';
import { numbersOf } from '../base/tensor.ts';
import type { Graph, Node } from '../graph/ir.ts';

const arithmetic = new Set(['Sub', 'Add', 'Mul', 'Div', 'BatchNormalization']);
const passing = new Set(['Cast', 'Identity', 'Transpose', 'Gather']);

/** Preprocessing that the file itself begins with. */
export interface OwnPreprocessing {
  /** The operators in order: `Sub, Div`. */
  readonly operators: readonly string[];
  /** Whether its constants show that it expects pixels from 0 to 255. */
  readonly bytes: boolean;
}

/**
 * The arithmetic with constants that a graph does to its input before anything else, such as the
 * mean and standard deviation that some exporters leave inside; undefined where there is none.
 */
export function ownPreprocessing(graph: Graph): OwnPreprocessing | undefined {
  const operators: string[] = [];
  let bytes = false;
  let value = graph.inputs[0]?.name ?? '';
  for (;;) {
    const consumers = graph.nodes.filter((node) => node.inputs.includes(value));
    const [node] = consumers;
    if (node === undefined || consumers.length > 1) break;
    if (arithmetic.has(node.opType) && hasChannelConstants(node, graph, value)) {
      operators.push(node.opType);
      bytes ||= largestConstant(node, graph) > 16 || isDivisionBy255(node, graph);
    } else if (!passing.has(node.opType)) break;
    value = node.outputs[0] ?? '';
  }
  return operators.length === 0 ? undefined : { operators, bytes };
}

/** All other inputs are constants of one number or one a channel; a bias of full size is no preprocessing. */
function hasChannelConstants(node: Node, graph: Graph, value: string): boolean {
  const others = node.inputs.filter((name) => name !== value && name !== '');
  return (
    others.length > 0 &&
    others.every((name) => {
      const constant = graph.constants.get(name);
      return constant?.type === 'float32' && sizeOf(constant.dims) <= 4;
    })
  );
}

const constantsOf = (node: Node, graph: Graph): number[] =>
  node.inputs.flatMap((name) => {
    const constant = graph.constants.get(name);
    return constant === undefined ? [] : numbersOf(constant);
  });

const largestConstant = (node: Node, graph: Graph): number =>
  Math.max(0, ...constantsOf(node, graph).map(Math.abs));

/** Mul by 1/255 (0.0039) or 1/127.5 (0.0078). */
const isDivisionBy255 = (node: Node, graph: Graph): boolean =>
  node.opType === 'Mul' && constantsOf(node, graph).every((value) => value > 0 && value < 0.01);
