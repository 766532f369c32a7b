import { numbersOf } from '../base/tensor.ts';
import { readInt, readInts } from '../graph/attributes.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { type Graph, type Node, int, ints, loupeDomain } from '../graph/ir.ts';
import { rewriteGraph } from './rewrite.ts';

/**
 * The sum over the examples of a gradient, as integrated gradients takes it, may be taken before the last linear steps of the backward pass,
 * which are then done once instead of once an example:
 *   Σ_n ConvInputGrad(ct_n, W) = ConvInputGrad(Σ_n ct_n, W),   Σ_n s·g_n = s·Σ_n g_n.
 * Only where nothing else reads what is moved past.
 */
export function sumEarlier(graph: Graph): Graph {
  const uses = useCounts(graph);
  /** Σ_n of a value that is only summed, as far up as it goes; undefined where it is no linear step. */
  const summed = (b: GraphBuilder, value: string, name: string): string | undefined => {
    const step = uses.get(value) === 1 ? linearStep(b, b.producerOf(value)) : undefined;
    if (step === undefined) return undefined;
    const sum =
      summed(b, step.of, name) ?? b.add('ReduceSum', [step.of, b.axes([0])], { keepdims: int(1) }, { name });
    return step.after(sum);
  };
  return rewriteGraph(graph, (node, b) => {
    const [value = ''] = node.inputs;
    const moved = isBatchSum(node, b) ? summed(b, value, node.name) : undefined;
    return moved === undefined ? undefined : [moved];
  });
}

/** How many nodes and outputs read each value. */
function useCounts({ nodes, outputs }: Graph): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of [...nodes.flatMap(({ inputs }) => inputs), ...outputs])
    counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function isBatchSum(node: Node, b: GraphBuilder): boolean {
  const axes = b.constantOf(node.inputs[1] ?? '');
  return (
    node.domain === '' &&
    node.opType === 'ReduceSum' &&
    readInt(node, 'keepdims', 1) === 1 &&
    axes !== undefined &&
    numbersOf(axes).join() === '0'
  );
}

interface LinearStep {
  /** What it is linear in, example by example. */
  readonly of: string;
  /** Emits it for one example. */
  readonly after: (value: string) => string;
}

function linearStep(b: GraphBuilder, node: Node | undefined): LinearStep | undefined {
  if (node?.opType === 'Mul' && node.domain === '') return scaling(b, node);
  if (node?.opType === 'ConvInputGrad' && node.domain === loupeDomain) return convolution(b, node);
  return undefined;
}

/** A product with a constant that is the same for all examples. */
function scaling(b: GraphBuilder, node: Node): LinearStep | undefined {
  const [left = '', right = ''] = node.inputs;
  const [of, scale] = b.constantOf(right) === undefined ? [right, left] : [left, right];
  const dims = b.constantOf(scale)?.dims;
  const rank = b.shapeOf(of).length;
  const perExample =
    dims === undefined || dims.length > rank || (dims.length === rank && (dims[0] ?? 1) !== 1);
  if (perExample || b.shapeOf(node.outputs[0] ?? '').join() !== b.shapeOf(of).join()) return undefined;
  return { of, after: (value) => b.add('Mul', [value, scale], {}, { name: node.name }) };
}

function convolution(b: GraphBuilder, node: Node): LinearStep | undefined {
  const [of = '', weights = ''] = node.inputs;
  if (b.constantOf(weights) === undefined) return undefined;
  const [, ...shape] = readInts(node, 'input_shape');
  const attributes = { ...node.attributes, input_shape: ints([1, ...shape]) };
  const options = { domain: loupeDomain, name: node.name };
  return { of, after: (value) => b.add('ConvInputGrad', [value, weights], attributes, options) };
}
