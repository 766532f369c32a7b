import { LoupeError } from '../../base/errors.ts';
import { type Shape, formatShape, normalizeAxis, shapesEqual } from '../../base/shape.ts';
import { readFloat, readInt, readInts, readString } from '../../graph/attributes.ts';
import type { AttributeKind, Node } from '../../graph/ir.ts';
import { type Interpolation, type ResizedAxis, coordinateModes, nearestModes } from './interpolation.ts';

/** The attributes of Resize, which its gradient carries too. */
export const resizeAttributes = {
  antialias: 'int',
  axes: 'ints',
  coordinate_transformation_mode: 'string',
  cubic_coeff_a: 'float',
  exclude_outside: 'int',
  extrapolation_value: 'float',
  keep_aspect_ratio_policy: 'string',
  mode: 'string',
  nearest_mode: 'string',
} as const satisfies Record<string, AttributeKind>;

/** What a Resize node is told about the size of its output: one of the two. */
export interface WantedSize {
  readonly scales?: readonly number[] | undefined;
  readonly sizes?: readonly number[] | undefined;
}

export function interpolationOf(node: Node): Interpolation {
  const mode = readString(node, 'mode', 'nearest');
  if (mode !== 'nearest' && mode !== 'linear' && mode !== 'cubic') throw unknown('mode', mode);
  const coordinates = readString(node, 'coordinate_transformation_mode', 'half_pixel');
  if (!coordinateModes.includes(coordinates)) throw unknown('coordinate_transformation_mode', coordinates);
  const nearestMode = readString(node, 'nearest_mode', 'round_prefer_floor');
  if (!nearestModes.includes(nearestMode)) throw unknown('nearest_mode', nearestMode);
  return {
    mode,
    coordinates,
    nearestMode,
    cubicCoefficient: readFloat(node, 'cubic_coeff_a', -0.75),
    excludeOutside: readInt(node, 'exclude_outside', 0) === 1,
  };
}

const unknown = (attribute: string, value: string): LoupeError =>
  new LoupeError('badGraph', `its ${attribute} "${value}" is one that Loupe does not compute.`);

/** Every axis of the input `shape`, resized or not. */
export function resizedAxes(node: Node, shape: Shape, { scales, sizes }: WantedSize): ResizedAxis[] {
  const given = sizes ?? scales ?? [];
  const axes = readInts(
    node,
    'axes',
    shape.map((_, axis) => axis),
  ).map((axis) => normalizeAxis(axis, shape.length));
  if (given.length !== axes.length || given.some((value) => !(value > 0))) {
    throw new LoupeError(
      'badGraph',
      `${formatShape(shape)} cannot be resized by ${given.join()} on ${axes.length} axes.`,
    );
  }
  const wanted = shape.map((from): ResizedAxis => ({ from, to: from, scale: 1 }));
  axes.forEach((axis, index) => {
    const [from, value] = [shape[axis] ?? 0, given[index] ?? 1];
    wanted[axis] =
      sizes === undefined ? scaledBy(from, value) : { from, to: value, scale: Math.fround(value / from) };
  });
  return withoutMove(sizes === undefined ? wanted : keepAspect(node, wanted, axes));
}

const scaledBy = (from: number, scale: number): ResizedAxis => ({
  from,
  to: Math.floor(Math.fround(Math.fround(scale) * from)),
  scale: Math.fround(scale),
});

/** keep_aspect_ratio_policy: all resized axes share the least, or the greatest, of their scales. */
function keepAspect(
  node: Node,
  wanted: readonly ResizedAxis[],
  axes: readonly number[],
): readonly ResizedAxis[] {
  const policy = readString(node, 'keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return wanted;
  const scales = axes.map((axis) => wanted[axis]?.scale ?? 1);
  const scale = policy === 'not_larger' ? Math.min(...scales) : Math.max(...scales);
  return wanted.map((axis, at) =>
    axes.includes(at) ? { from: axis.from, to: Math.round(Math.fround(scale * axis.from)), scale } : axis,
  );
}

/** ONNX Runtime copies the input when no length changes, whatever the scales are. */
function withoutMove(axes: readonly ResizedAxis[]): ResizedAxis[] {
  const [from, to] = [axes.map((axis) => axis.from), axes.map((axis) => axis.to)];
  return axes.map((axis) => (shapesEqual(from, to) ? { ...axis, scale: 1 } : axis));
}
