import { LoupeError } from './errors.ts';

/** Dimensions of a tensor, all known. `[]` is a scalar. */
export type Shape = readonly number[];

/** Number of elements; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

export function shapesEqual(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** `2x3x224x224`, or `scalar`. */
export function formatShape(shape: readonly (number | string)[]): string {
  return shape.length === 0 ? 'scalar' : shape.join('x');
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}

/** Maps a possibly negative axis into 0..rank-1. `rank` may be the axis limit of an inserted axis. */
export function normalizeAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
    throw new LoupeError('badGraph', `Axis ${axis} does not exist in a tensor of rank ${rank}.`);
  }
  return positive;
}

/** Multidirectional (NumPy) broadcasting of two or more shapes. */
export function broadcastShapes(...shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    let result = 1;
    for (const shape of shapes) {
      const dim = shape[axis - rank + shape.length] ?? 1;
      if (dim === result || dim === 1) continue;
      if (result !== 1) {
        const listed = shapes.map(formatShape).join(' and ');
        throw new LoupeError('badGraph', `The shapes ${listed} cannot be broadcast together.`);
      }
      result = dim;
    }
    return result;
  });
}

/** The axes of `target` along which a tensor of shape `source` was repeated by broadcasting. */
export function broadcastAxes(source: Shape, target: Shape): number[] {
  const offset = target.length - source.length;
  return target.flatMap((dim, axis) =>
    axis < offset || (source[axis - offset] === 1 && dim !== 1) ? [axis] : [],
  );
}
