import { LoupeError } from '../base/errors.ts';
import { formatShape } from '../base/shape.ts';
import { describeNode, readInt, readString } from '../graph/attributes.ts';
import { type Node, type ValueType, int, string } from '../graph/ir.ts';
import { dataTypeOf } from '../graph/onnx/storage.ts';
import { type SampleInput, type ShapeContext, type VjpContext, defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { type AxisSample, axisSample } from './shared/gridAxis.ts';
import { reshaped, slicedAxis, zerosOf } from './shared/movement.ts';

/** Grid coordinates away from the pixel centres of an axis of length 3 (or 2), where the interpolation has kinks. */
const grid = (dims: readonly number[], points: readonly number[]): SampleInput => ({
  dims,
  range: [-1.3, 1.3],
  avoid: { points, margin: 0.05 },
});
const between = [-4 / 3, -1, -2 / 3, 0, 2 / 3, 1, 4 / 3];

/**
 * Samples X [N, C, H, W] at the places of a grid [N, H', W', 2] of (x, y) in [−1, 1]. Bilinear:
 * y = Σ_{j,i ∈ {0,1}} w_j(v) w_i(u) X[⌊v⌋ + j, ⌊u⌋ + i], w₀(t) = 1 − {t}, w₁(t) = {t}, in pixel coordinates u, v;
 * a neighbour outside the image is zero, or read from the border, or from the reflected place. So
 *   dX[⌊v⌋ + j, ⌊u⌋ + i] += w_j w_i ct,   du = Σ_c ct Σ_j w_j (X_{j,1} − X_{j,0}),   dv likewise.
 * The rule emits primitive operators, so it can be differentiated again.
 */
export const gridSample = defineOperator({
  opType: 'GridSample',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  attributes: { mode: 'string', padding_mode: 'string', align_corners: 'int' },
  infer,
  vjp: (context) => {
    const plan = planOf(context);
    return [
      context.needs(0) ? imageCotangent(context, plan) : undefined,
      context.needs(1) ? gridCotangent(context, plan) : undefined,
    ];
  },
  samples: [
    { title: 'zeros outside', inputs: [{ dims: [1, 2, 3, 3] }, grid([1, 2, 3, 2], between)] },
    {
      title: 'border, aligned corners, two examples',
      inputs: [{ dims: [2, 1, 3, 2] }, grid([2, 2, 2, 2], between)],
      attributes: { padding_mode: string('border'), align_corners: int(1), mode: string('linear') },
    },
    {
      title: 'reflection',
      inputs: [{ dims: [1, 2, 3, 3] }, grid([1, 3, 2, 2], between)],
      attributes: { padding_mode: string('reflection') },
    },
    {
      title: 'reflection, aligned corners',
      inputs: [{ dims: [1, 1, 3, 3] }, grid([1, 3, 2, 2], between)],
      attributes: { padding_mode: string('reflection'), align_corners: int(1) },
    },
  ],
});

function infer({ node, input }: ShapeContext): ValueType[] {
  const [{ type, shape }, { shape: places }] = [input(0), input(1)];
  const fits = shape.length === 4 && places.length === 4 && places[3] === 2 && shape[0] === places[0];
  if (!fits) {
    throw new LoupeError(
      'badGraph',
      `images of shape ${formatShape(shape)} cannot be sampled on a grid of shape ${formatShape(places)}; Loupe does it for [N, C, H, W] and [N, H, W, 2].`,
    );
  }
  oneOf(node, 'mode', 'linear', ['linear', 'nearest', 'cubic']);
  oneOf(node, 'padding_mode', 'zeros', ['zeros', 'border', 'reflection']);
  return [{ type, shape: [...shape.slice(0, 2), ...places.slice(1, 3)] }];
}

function oneOf(node: Node, attribute: string, fallback: string, allowed: readonly string[]): string {
  const value = readString(node, attribute, fallback);
  if (allowed.includes(value)) return value;
  throw new LoupeError('badGraph', `its ${attribute} is "${value}", not one of ${allowed.join(', ')}.`);
}

/** What both cotangents are made of; points of the grid are one axis of length P. */
interface Plan {
  readonly x: AxisSample;
  readonly y: AxisSample;
  /** ct as [N, C, P]. */
  readonly ct: string;
  /** By row and column neighbour: positions in an image [N, C, P], and [N, 1, P] 0/1 where it is not inside. */
  readonly corners: readonly (readonly Corner[])[];
}

interface Corner {
  readonly position: string;
  readonly weight: string;
  readonly inside: string | undefined;
}

function planOf({ b, node, ct, input, shapeOf }: VjpContext): Plan {
  const mode = readString(node, 'mode', 'linear');
  if (mode !== 'linear') {
    throw new LoupeError(
      'noGradient',
      `The ${describeNode(node)} has the mode "${mode}"; only "linear" has a gradient.`,
    );
  }
  const { add, mul } = arithmetic(b);
  const [batch = 0, channels = 0, height = 0, width = 0] = shapeOf(input(0));
  const [, rows = 0, columns = 0] = shapeOf(input(1));
  const points = rows * columns;
  const how = {
    padding: readString(node, 'padding_mode', 'zeros'),
    alignCorners: readInt(node, 'align_corners', 0) === 1,
  };
  const [x, y] = [width, height].map((length, component) => {
    const coordinate = slicedAxis(b, input(1), 3, component, component + 1);
    return axisSample(b, reshaped(b, coordinate, [batch, 1, points]), length, how);
  });
  if (x === undefined || y === undefined) throw new LoupeError('internal', 'A grid has two coordinates.');
  const both = (left: string | undefined, right: string | undefined): string | undefined =>
    left === undefined || right === undefined ? undefined : mul(left, right);
  const corner = (row: 0 | 1, column: 0 | 1): Corner => {
    const flat = add(mul(y.index[row], width), x.index[column]);
    const position = b.add('Cast', [flat], { to: int(dataTypeOf.int32) });
    return {
      position: b.add('Expand', [position, b.axes([batch, channels, points])]),
      weight: mul(y.weight[row], x.weight[column]),
      inside: both(y.inside[row], x.inside[column]),
    };
  };
  return {
    x,
    y,
    ct: reshaped(b, ct, [batch, channels, points]),
    corners: [
      [corner(0, 0), corner(0, 1)],
      [corner(1, 0), corner(1, 1)],
    ],
  };
}

/** Adds w·ct of the four neighbours up at their positions. */
function imageCotangent({ b, input, shapeOf }: VjpContext, { ct, corners }: Plan): string {
  const { mul } = arithmetic(b);
  const [batch = 0, channels = 0, height = 0, width = 0] = shapeOf(input(0));
  const all = corners.flat();
  const positions = b.add(
    'Concat',
    all.map(({ position }) => position),
    { axis: int(2) },
  );
  const parts = all.map(({ weight, inside }) => mul(inside === undefined ? weight : mul(weight, inside), ct));
  const sums = b.add(
    'ScatterElements',
    [zerosOf(b, [batch, channels, height * width]), positions, b.add('Concat', parts, { axis: int(2) })],
    { axis: int(2), reduction: string('add') },
  );
  return reshaped(b, sums, [batch, channels, height, width]);
}

function gridCotangent({ b, input, shapeOf }: VjpContext, { x, y, ct, corners }: Plan): string {
  const { add, mul, sub } = arithmetic(b);
  const [batch = 0, channels = 0, height = 0, width = 0] = shapeOf(input(0));
  const image = reshaped(b, input(0), [batch, channels, height * width]);
  const values = corners.map((row) =>
    row.map(({ position, inside }) => {
      const value = b.add('GatherElements', [image, position], { axis: int(2) });
      return inside === undefined ? value : mul(value, inside);
    }),
  );
  const [[topLeft = '', topRight = ''] = [], [bottomLeft = '', bottomRight = ''] = []] = values;
  const along = (slope: number, weights: AxisSample['weight'], first: string, second: string): string => {
    const change = add(mul(weights[0], first), mul(weights[1], second));
    const sum = b.add('ReduceSum', [mul(ct, change), b.axes([1])], { keepdims: int(0) });
    return reshaped(b, mul(sum, slope), [...shapeOf(input(1)).slice(0, 3), 1]);
  };
  const dx = along(x.slope, y.weight, sub(topRight, topLeft), sub(bottomRight, bottomLeft));
  const dy = along(y.slope, x.weight, sub(bottomLeft, topLeft), sub(bottomRight, topRight));
  return b.add('Concat', [dx, dy], { axis: int(3) });
}
