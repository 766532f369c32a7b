import { LoupeError } from '../base/errors.ts';
import { type Tensor, int64, numbersOf } from '../base/tensor.ts';
import { int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { rearranged } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';
import { reshaped } from './shared/movement.ts';

/** y repeats x `repeats[k]` times along axis k; dx = Σ over the copies. */
export const tile = defineOperator({
  opType: 'Tile',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  infer: ({ input, integers }) => {
    const { type, shape } = input(0);
    const repeats = integers(1);
    if (repeats.length !== shape.length || repeats.some((count) => count < 0)) {
      throw new LoupeError('badGraph', `the repeats ${repeats.join()} do not suit ${shape.length} axes.`);
    }
    return [{ type, shape: shape.map((dim, axis) => dim * (repeats[axis] ?? 1)) }];
  },
  // Each repeated axis of ct is seen as [copies, length] and summed over its copies.
  vjp: ({ b, ct, input, constant, shapeOf }) => {
    const [shape, repeats] = [shapeOf(input(0)), repeatsOf(constant(1))];
    const [view, copies]: [number[], number[]] = [[], []];
    shape.forEach((dim, axis) => {
      if (repeats[axis] !== 1) copies.push(view.push(repeats[axis] ?? 1) - 1);
      view.push(dim);
    });
    if (copies.length === 0) return [ct];
    return [b.add('ReduceSum', [reshaped(b, ct, view), b.axes(copies)], { keepdims: int(0) })];
  },
  evaluate: (inputs, _node, [output]) => {
    const source = constantInput(inputs, 0);
    return [
      rearranged(source, output?.shape ?? [], (place) =>
        place.map((at, axis) => at % (source.dims[axis] ?? 1)),
      ),
    ];
  },
  samples: [
    { title: 'two of three axes', inputs: [{ dims: [2, 1, 3] }, int64([2, 1, 3])] },
    { title: 'once', inputs: [{ dims: [2, 3] }, int64([1, 1])] },
  ],
});

const repeatsOf = (value: Tensor | undefined): number[] => (value === undefined ? [] : numbersOf(value));
