import { LoupeError } from '../base/errors.ts';
import { type Shape, normalizeAxis } from '../base/shape.ts';
import { float32, int64, numbersOf } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import { type Node, int } from '../graph/ir.ts';
import { type VjpContext, defineOperator } from './define.ts';
import { coordinatesOf, positionOf, take } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';

/** Inserts an axis of length `depth`: values[1] at the index, values[0] elsewhere. */
export const oneHot = defineOperator({
  opType: 'OneHot',
  arity: { inputs: [3, 3], outputs: [1, 1] },
  attributes: { axis: 'int' },
  infer: ({ node, input, integers }) => {
    const [{ shape }, [depth = 0]] = [input(0), integers(1)];
    if (depth < 1) throw new LoupeError('badGraph', `its depth is ${depth}.`);
    return [{ type: input(2).type, shape: shape.toSpliced(axisOf(node, shape), 0, depth) }];
  },
  vjp: (context) => [undefined, undefined, context.needs(2) ? valuesVjp(context) : undefined],
  evaluate: (inputs, node, [output]) => {
    const [indices, values] = [constantInput(inputs, 0), constantInput(inputs, 2)];
    const [axis, shape, at] = [axisOf(node, indices.dims), output?.shape ?? [], numbersOf(indices)];
    const depth = shape[axis] ?? 0;
    const positions = coordinatesOf(shape).map((place) => {
      const index = at[positionOf(indices.dims, place.toSpliced(axis, 1))] ?? 0;
      return place[axis] === (index < 0 ? index + depth : index) ? 1 : 0;
    });
    return [take(values, positions, shape)];
  },
  samples: [
    { title: 'last axis', inputs: [int64([0, 2, -1], [3]), int64([4]), { dims: [2] }] },
    {
      title: 'first axis',
      inputs: [int64([1, 0, 2, 1], [2, 2]), int64([3]), { dims: [2] }],
      attributes: { axis: int(0) },
    },
    { title: 'constant values', inputs: [int64([1, 0]), int64([2]), float32([0, 1])] },
  ],
});

const axisOf = (node: Node, indices: Shape): number =>
  normalizeAxis(readInt(node, 'axis', -1), indices.length + 1);

/** y = off + (on − off)·h with the 0/1 tensor h, so d on = Σ h·ct and d off = Σ ct − d on. */
function valuesVjp({ b, ct, node, input }: VjpContext): string {
  const hot = b.add('OneHot', [input(0), input(1), b.constant(float32([0, 1]))], node.attributes);
  const sum = (value: string): string =>
    b.add('Reshape', [b.add('ReduceSum', [value], { keepdims: int(0) }), b.axes([1])]);
  const on = sum(b.add('Mul', [ct, hot]));
  return b.add('Concat', [b.add('Sub', [sum(ct), on]), on], { axis: int(0) });
}
