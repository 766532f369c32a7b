import { LoupeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { numbersOf } from '../../base/tensor.ts';
import { readInts } from '../../graph/attributes.ts';
import type { Graph, Node } from '../../graph/ir.ts';
import type { Network } from '../../model/network.ts';

/** Operators that are linear in the pooled features, as long as their other inputs are constants. */
const linear = new Set([
  'Flatten',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Identity',
  'Dropout',
  'Transpose',
  'Gemm',
  'MatMul',
  'Conv',
  'Add',
  'Sub',
  'Mul',
  'Div',
  'BatchNormalization',
]);

export interface PooledFeatures {
  /** A [N, K, h, w], the feature maps. */
  readonly maps: string;
  /** Their global average [N, K, 1, 1] or [N, K]. */
  readonly pooled: string;
}

/** Finds "global average pooling, then only linear layers", without which CAM does not exist. */
export function findPooledFeatures({ graph, logits }: Network): PooledFeatures {
  const pool = graph.nodes.findLast((node) => isGlobalAverage(node, graph));
  if (pool === undefined) {
    throw new LoupeError(
      'unsupportedOperator',
      'CAM needs a network that ends in global average pooling and a linear layer; this one has no global average pooling. Grad-CAM works here.',
    );
  }
  const [maps = ''] = pool.inputs;
  const [pooled = ''] = pool.outputs;
  const nonlinear = firstNonlinear(graph, pooled, logits);
  if (nonlinear !== undefined) {
    throw new LoupeError(
      'unsupportedOperator',
      `CAM needs only linear layers between the global average pooling and the logits; this network has ${nonlinear.opType} ("${nonlinear.name}") there. Grad-CAM works here.`,
    );
  }
  return { maps, pooled };
}

function isGlobalAverage(node: Node, graph: Graph): boolean {
  const shape = graph.types.get(node.inputs[0] ?? '')?.shape ?? [];
  if (node.domain !== '' || shape.length !== 4 || sizeOf(shape.slice(2)) === 1) return false;
  switch (node.opType) {
    case 'GlobalAveragePool':
      return true;
    case 'ReduceMean': {
      const axes = graph.constants.get(node.inputs[1] ?? '');
      const positive =
        axes === undefined
          ? []
          : numbersOf(axes)
              .map((axis) => (axis < 0 ? axis + 4 : axis))
              .sort((left, right) => left - right);
      return positive.join() === '2,3';
    }
    case 'AveragePool': {
      const kernel = readInts(node, 'kernel_shape');
      const unpadded = readInts(node, 'pads', [0, 0, 0, 0]).every((pad) => pad === 0);
      return unpadded && kernel.join() === shape.slice(2).join();
    }
    default:
      return false;
  }
}

function firstNonlinear(graph: Graph, from: string, to: string): Node | undefined {
  const dependent = new Set([from]);
  for (const node of graph.nodes) {
    const sources = node.inputs.filter((name) => dependent.has(name));
    if (sources.length === 0) continue;
    if (!linear.has(node.opType) || sources.length > 1) return node;
    for (const output of node.outputs) dependent.add(output);
  }
  return dependent.has(to) ? undefined : graph.nodes.find(({ outputs }) => outputs.includes(to));
}
