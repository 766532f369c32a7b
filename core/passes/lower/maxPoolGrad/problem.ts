import type { GraphBuilder } from '../../../graph/builder.ts';
import type { Node } from '../../../graph/ir.ts';
import { type Pooling, poolingOf } from '../../../ops/shared/pooling.ts';
import { spatialOf } from '../../../ops/shared/windows.ts';

/** A MaxPoolGrad(x, y, value) or MaxPoolGather(x, y, value) node, read. */
export interface MaximaProblem {
  readonly x: string;
  readonly y: string;
  /** ct of y for MaxPoolGrad; a tensor like x for MaxPoolGather. */
  readonly value: string;
  readonly pooling: Pooling;
  /** Spatial sizes of x, and number of windows along each axis. */
  readonly sizes: readonly number[];
  readonly counts: readonly number[];
  readonly name: string;
}

export type MaximaFormulation = (b: GraphBuilder, problem: MaximaProblem) => string;

export function maximaProblem(node: Node, b: GraphBuilder): MaximaProblem {
  const [x = '', y = '', value = ''] = node.inputs;
  const shape = b.shapeOf(x);
  const pooled = poolingOf(node, shape);
  return {
    x,
    y,
    value,
    pooling: pooled.pooling,
    sizes: spatialOf(shape),
    counts: spatialOf(pooled.shape),
    name: node.name,
  };
}

/** Whether one unpadded window covers all of x, as in GlobalMaxPool. */
export function isWhole({ pooling: { windows }, sizes, counts }: MaximaProblem): boolean {
  return (
    counts.every((count) => count === 1) &&
    sizes.every((size, axis) => windows.kernel[axis] === size && windows.begins[axis] === 0)
  );
}
