import { LoupeError } from '../base/errors.ts';
import { type Shape, formatShape, sizeOf } from '../base/shape.ts';
import { int64 } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import { type ValueType, int, string } from '../graph/ir.ts';
import { type ShapeContext, type VjpContext, defineOperator } from './define.ts';
import { coordinatesOf, take } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';
import { zerosOf } from './shared/movement.ts';
import { blockPositions } from './shared/scatter.ts';

/** y[q…] = x[indices[q…], …] with index vectors; dx = ct added up at the places it was taken from. */
export const gatherND = defineOperator({
  opType: 'GatherND',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  attributes: { batch_dims: 'int' },
  infer,
  vjp: (context) => {
    const { b, ct, input, shapeOf } = context;
    const zeros = zerosOf(b, shapeOf(input(0)));
    return [b.add('ScatterND', [zeros, fullIndices(context), ct], { reduction: string('add') })];
  },
  evaluate: (inputs, node, [output]) => {
    const [source, indices] = [constantInput(inputs, 0), constantInput(inputs, 1)];
    const positions = blockPositions(source.dims, indices, readInt(node, 'batch_dims', 0));
    return [take(source, positions, output?.shape ?? [])];
  },
  samples: [
    { title: 'elements', inputs: [{ dims: [2, 3] }, int64([0, 2, 1, 1, 0, 2], [3, 2])] },
    { title: 'blocks', inputs: [{ dims: [3, 2, 2] }, int64([2, 0, 2, -2], [4, 1])] },
    {
      title: 'a batch axis',
      inputs: [{ dims: [2, 3, 2] }, int64([1, 0, 2, 2], [2, 2, 1])],
      attributes: { batch_dims: int(1) },
    },
  ],
});

function infer({ node, input }: ShapeContext): ValueType[] {
  const [{ type, shape }, { shape: indices }] = [input(0), input(1)];
  const batch = readInt(node, 'batch_dims', 0);
  const depth = indices.at(-1) ?? 0;
  const sameBatch = indices.slice(0, batch).every((dim, axis) => dim === shape[axis]);
  if (batch >= indices.length || batch + depth > shape.length || depth < 1 || !sameBatch) {
    throw new LoupeError(
      'badGraph',
      `indices of shape ${formatShape(indices)} do not fit ${formatShape(shape)}.`,
    );
  }
  return [{ type, shape: [...indices.slice(0, -1), ...shape.slice(batch + depth)] }];
}

/** The index vectors with the coordinates of their batch in front, which is how ScatterND wants them. */
function fullIndices({ b, node, input, shapeOf }: VjpContext): string {
  const batch = readInt(node, 'batch_dims', 0);
  if (batch === 0) return input(1);
  const prefix = batchCoordinates(shapeOf(input(1)).slice(0, -1), batch);
  return b.add('Concat', [b.constant(prefix, 'batch'), input(1)], { axis: int(-1) });
}

function batchCoordinates(outer: Shape, batch: number): ReturnType<typeof int64> {
  const coordinates = coordinatesOf(outer).flatMap((place) => place.slice(0, batch));
  return int64(coordinates, sizeOf(outer) === 0 ? [...outer, 0] : [...outer, batch]);
}
