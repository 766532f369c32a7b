import { LoupeError } from '../base/errors.ts';
import { type Shape, normalizeAxis } from '../base/shape.ts';
import { int64, numbersOf } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { defineOperator } from './define.ts';
import { rearranged } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';
import { padded, paddedAxis, reshaped, reversedAxis } from './shared/movement.ts';

/** y[…, i, …] = x[…, start + i·step, …] along some axes; dx has ct at those places and zeros elsewhere. */
export const slice = defineOperator({
  opType: 'Slice',
  arity: { inputs: [3, 5], outputs: [1, 1] },
  infer: ({ input, inputs, integers }) => {
    const { type, shape } = input(0);
    const numbers = [1, 2, 3, 4].map((index) => (inputs[index] === undefined ? undefined : integers(index)));
    return [{ type, shape: rangesOf(shape, numbers).map(({ count }) => count) }];
  },
  vjp: ({ b, ct, input, constant, shapeOf }) => {
    const shape = shapeOf(input(0));
    return shapeOf(ct).includes(0)
      ? [undefined]
      : [
          unsliced(
            b,
            ct,
            rangesOf(
              shape,
              [1, 2, 3, 4].map((index) => valuesOf(constant(index))),
            ),
          ),
        ];
  },
  evaluate: (inputs, _node, [output]) => {
    const source = constantInput(inputs, 0);
    const ranges = rangesOf(
      source.dims,
      [1, 2, 3, 4].map((index) => valuesOf(inputs[index])),
    );
    return [
      rearranged(source, output?.shape ?? [], (place) =>
        ranges.map(({ start, step }, axis) => start + (place[axis] ?? 0) * step),
      ),
    ];
  },
  samples: [
    { title: 'two axes', inputs: [{ dims: [3, 4, 2] }, int64([1, 0]), int64([3, -1]), int64([0, 1])] },
    {
      title: 'steps 2 and 3',
      inputs: [{ dims: [5, 7] }, int64([1, 0]), int64([5, 100]), int64([0, 1]), int64([2, 3])],
    },
    {
      title: 'negative steps',
      inputs: [{ dims: [6, 4] }, int64([-1, 3]), int64([-7, 0]), int64([0, -1]), int64([-2, -1])],
    },
    { title: 'no axes', inputs: [{ dims: [3, 4] }, int64([0, 1]), int64([2, 3])] },
  ],
});

/** The elements start, start + step, … of one axis of length `dim`. */
interface AxisRange {
  readonly dim: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

const valuesOf = (value: Parameters<typeof numbersOf>[0] | undefined): number[] | undefined =>
  value === undefined ? undefined : numbersOf(value);

/** One range for every axis of `shape`, clamped as the specification says. */
function rangesOf(
  shape: Shape,
  [starts, ends, axes, steps]: readonly (readonly number[] | undefined)[],
): AxisRange[] {
  const ranges = shape.map((dim): AxisRange => ({ dim, start: 0, step: 1, count: dim }));
  (starts ?? []).forEach((start, index) => {
    const axis = normalizeAxis(axes === undefined ? index : (axes[index] ?? Number.NaN), shape.length);
    ranges[axis] = rangeOf(shape[axis] ?? 0, start, ends?.[index] ?? Number.NaN, steps?.[index] ?? 1);
  });
  return ranges;
}

/** The largest int32 and int64 as an end: to the end of the axis, in either direction. */
const endless: readonly number[] = [2 ** 31 - 1, 2 ** 63];

function rangeOf(dim: number, start: number, end: number, step: number): AxisRange {
  if (step === 0 || Number.isNaN(end)) throw new LoupeError('badGraph', 'a step is 0, or an end is missing.');
  // Backwards, the first element may be the last of the axis, and the end lies before element 0.
  const [least, most] = step > 0 ? [0, dim] : [-1, dim - 1];
  const clamp = (at: number, low: number): number => Math.max(low, Math.min(at < 0 ? at + dim : at, most));
  const [from, to] = [clamp(start, 0), endless.includes(end) ? (step > 0 ? dim : -1) : clamp(end, least)];
  return { dim, start: from, step, count: Math.max(0, Math.ceil((to - from) / step)) };
}

/** Puts the elements of ct back to where they were taken from. */
function unsliced(b: GraphBuilder, ct: string, ranges: readonly AxisRange[]): string {
  let spread = ct;
  const before: number[] = [];
  const after: number[] = [];
  ranges.forEach(({ dim, start, step, count }, axis) => {
    if (step < 0 && count > 1) spread = reversedAxis(b, spread, axis);
    const stride = count > 1 ? Math.abs(step) : 1;
    spread = stuffed(b, spread, axis, stride);
    const first = Math.min(start, start + (count - 1) * step);
    before.push(first);
    after.push(dim - first - count * stride);
  });
  return padded(b, spread, before, after);
}

/** x with stride − 1 zeros after every element of one axis: [n] → [n, 1] → [n, stride] → [n·stride]. */
function stuffed(b: GraphBuilder, x: string, axis: number, stride: number): string {
  if (stride === 1) return x;
  const shape = b.shapeOf(x);
  const column = reshaped(b, x, shape.toSpliced(axis + 1, 0, 1));
  const wide = paddedAxis(b, column, axis + 1, 0, stride - 1);
  return reshaped(b, wide, shape.with(axis, (shape[axis] ?? 0) * stride));
}
