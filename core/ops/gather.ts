import { normalizeAxis, sizeOf } from '../base/shape.ts';
import { type Tensor, int64, numbersOf } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { int, string } from '../graph/ir.ts';
import { dataTypeOf } from '../graph/onnx/storage.ts';
import { type VjpContext, defineOperator } from './define.ts';
import { positionOf, rearranged } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';
import { paddedAxis, permuted, reshaped, zerosOf } from './shared/movement.ts';

/** y[…, q…, …] = x[…, indices[q…], …] along one axis; dx[…, k, …] = Σ of ct over the q… whose index is k. */
export const gather = defineOperator({
  opType: 'Gather',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  attributes: { axis: 'int' },
  infer: ({ node, input }) => {
    const { type, shape } = input(0);
    const axis = normalizeAxis(readInt(node, 'axis', 0), shape.length);
    return [{ type, shape: shape.toSpliced(axis, 1, ...input(1).shape) }];
  },
  vjp: (context) => {
    const { b, ct, node, input, shapeOf } = context;
    const shape = shapeOf(input(0));
    const axis = normalizeAxis(readInt(node, 'axis', 0), shape.length);
    if (sizeOf(shapeOf(ct)) === 0) return [undefined];
    // One axis of picks instead of the axes q….
    const rows = reshaped(b, ct, shape.toSpliced(axis, 1, sizeOf(shapeOf(input(1)))));
    const picks = picksOf(context, shape[axis] ?? 0);
    const placed = picks !== undefined && new Set(picks).size === picks.length;
    return [placed ? place(b, rows, axis, picks, shape[axis] ?? 0) : accumulate(context, rows, axis, picks)];
  },
  evaluate: (inputs, node, [output]) => {
    const [source, indices] = [constantInput(inputs, 0), constantInput(inputs, 1)];
    const axis = normalizeAxis(readInt(node, 'axis', 0), source.dims.length);
    const picks = normalized(indices, source.dims[axis] ?? 0);
    const depth = indices.dims.length;
    return [
      rearranged(source, output?.shape ?? [], (at) =>
        at.toSpliced(axis, depth, picks[positionOf(indices.dims, at.slice(axis, axis + depth))] ?? 0),
      ),
    ];
  },
  samples: [
    {
      title: 'one index drops the axis',
      inputs: [{ dims: [2, 3, 2] }, int64([-1], [])],
      attributes: { axis: int(1) },
    },
    { title: 'neighbours', inputs: [{ dims: [5, 2] }, int64([1, 2])] },
    {
      title: 'a permutation',
      inputs: [{ dims: [2, 4] }, int64([2, 0, 3, 1])],
      attributes: { axis: int(-1) },
    },
    {
      title: 'some, out of order',
      inputs: [{ dims: [2, 5] }, int64([3, 0], [2, 1])],
      attributes: { axis: int(1) },
    },
    {
      title: 'repeated indices, inner axis',
      inputs: [{ dims: [2, 3, 2] }, int64([0, 2, 2, -1], [2, 2])],
      attributes: { axis: int(1) },
    },
    { title: 'repeated indices, first axis', inputs: [{ dims: [3, 2] }, int64([1, 1, 0])] },
  ],
});

const normalized = (indices: Tensor, length: number): number[] =>
  numbersOf(indices).map((index) => (index < 0 ? index + length : index));

function picksOf({ constant }: VjpContext, length: number): number[] | undefined {
  const indices = constant(1);
  return indices === undefined ? undefined : normalized(indices, length);
}

/** No index occurs twice: row i of ct goes to place picks[i], and zeros to the places that were not picked. */
function place(
  b: GraphBuilder,
  rows: string,
  axis: number,
  picks: readonly number[],
  length: number,
): string {
  const first = picks[0] ?? 0;
  if (picks.every((pick, index) => pick === first + index)) {
    return paddedAxis(b, rows, axis, first, length - first - picks.length);
  }
  // One row of zeros behind the others stands for every place that was not picked.
  const extended = picks.length === length ? rows : paddedAxis(b, rows, axis, 0, 1);
  const origins = Array.from({ length }, (_, at) => (picks.includes(at) ? picks.indexOf(at) : picks.length));
  return b.add('Gather', [extended, b.axes(origins)], { axis: int(axis) });
}

/** Sums rows with equal indices: with the picked axis in front, a ScatterND with reduction add. */
function accumulate(
  { b, input, shapeOf }: VjpContext,
  rows: string,
  axis: number,
  picks: readonly number[] | undefined,
): string {
  const shape = shapeOf(input(0));
  const count = sizeOf(shapeOf(input(1)));
  const others = shape.map((_, at) => at).filter((at) => at !== axis);
  const order = [axis, ...others];
  const back = shape.map((_, at) => order.indexOf(at));
  const column =
    picks === undefined
      ? reshaped(b, asInt64(b, input(1)), [count, 1])
      : b.constant(int64(picks, [count, 1]), 'indices');
  const zeros = zerosOf(
    b,
    order.map((at) => shape[at] ?? 0),
  );
  const sums = b.add('ScatterND', [zeros, column, permuted(b, rows, order)], { reduction: string('add') });
  return permuted(b, sums, back);
}

function asInt64(b: GraphBuilder, indices: string): string {
  if (b.typeOf(indices).type === 'int64') return indices;
  return b.add('Cast', [indices], { to: int(dataTypeOf.int64) });
}
