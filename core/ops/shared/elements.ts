import { type Shape, sizeOf, stridesOf } from '../../base/shape.ts';
import { type Tensor, allocate, numbersOf, tensor, tensorFromNumbers } from '../../base/tensor.ts';

/** The coordinates of every element of a tensor of shape `dims`, in row-major order. */
export function coordinatesOf(dims: Shape): number[][] {
  const strides = stridesOf(dims);
  return Array.from({ length: sizeOf(dims) }, (_, flat) =>
    dims.map((dim, axis) => Math.floor(flat / (strides[axis] ?? 1)) % dim),
  );
}

/** The row-major position of the element at `coordinates`. */
export function positionOf(dims: Shape, coordinates: readonly number[]): number {
  return dims.reduce((position, dim, axis) => position * dim + (coordinates[axis] ?? 0), 0);
}

/** A tensor of shape `dims` with the elements of `source` at `positions`, bit for bit; −1 gives zero. */
export function take(source: Tensor, positions: readonly number[], dims: Shape): Tensor {
  const [from, data] = [source.data, allocate(source.type, positions.length)];
  if (data instanceof BigInt64Array) {
    const wide = from instanceof BigInt64Array ? from : new BigInt64Array();
    positions.forEach((position, at) => {
      data[at] = wide[position] ?? 0n;
    });
  } else {
    const narrow = from instanceof BigInt64Array ? new Float32Array() : from;
    positions.forEach((position, at) => {
      data[at] = narrow[position] ?? 0;
    });
  }
  return tensor(source.type, data, dims);
}

/** A tensor of shape `dims` whose element at each place is that of `source` at the place that `origin` tells. */
export function rearranged(
  source: Tensor,
  dims: Shape,
  origin: (coordinates: readonly number[]) => readonly number[],
): Tensor {
  const positions = coordinatesOf(dims).map((place) => positionOf(source.dims, origin(place)));
  return take(source, positions, dims);
}

/** The elements of tensors of one type, one after the other. */
export function joined(first: Tensor, ...rest: readonly Tensor[]): Tensor {
  const sources = [first, ...rest];
  const length = sources.reduce((sum, source) => sum + sizeOf(source.dims), 0);
  const data = allocate(first.type, length);
  let at = 0;
  for (const { data: part } of sources) {
    if (data instanceof BigInt64Array && part instanceof BigInt64Array) data.set(part, at);
    if (!(data instanceof BigInt64Array) && !(part instanceof BigInt64Array)) data.set(part, at);
    at += part.length;
  }
  return tensor(first.type, data, [length]);
}

/** `data` with each element of `updates` written ('none') or added ('add') at its position. */
export function scattered(
  data: Tensor,
  updates: Tensor,
  positions: readonly number[],
  reduction: 'none' | 'add',
): Tensor {
  const size = sizeOf(data.dims);
  if (reduction === 'none') {
    const origins = Array.from({ length: size }, (_, at) => at);
    positions.forEach((position, at) => {
      origins[position] = size + at;
    });
    return take(joined(data, updates), origins, data.dims);
  }
  const [sums, added] = [numbersOf(data), numbersOf(updates)];
  positions.forEach((position, at) => {
    sums[position] = (sums[position] ?? 0) + (added[at] ?? 0);
  });
  return tensorFromNumbers(data.type, sums, data.dims);
}
