import { LoupeError, expected } from '../base/errors.ts';
import { formatShape, shapesEqual } from '../base/shape.ts';
import { type Tensor, float32, int64, numbersOf } from '../base/tensor.ts';
import { describeNode, readFloats, readInt, readInts } from '../graph/attributes.ts';
import {
  type Attributes,
  type Node,
  type ValueType,
  float,
  floats,
  int,
  ints,
  loupeDomain,
  string,
} from '../graph/ir.ts';
import { type ShapeContext, type VjpContext, defineOperator } from './define.ts';
import { type WantedSize, interpolationOf, resizeAttributes, resizedAxes } from './shared/resizing.ts';

/**
 * Resamples some axes. Along each axis it is a product with a constant matrix of weights (shared/interpolation.ts),
 * y = M x, so dx = Mᵀ ct: the operator ResizeGrad.
 */
export const resize = defineOperator({
  opType: 'Resize',
  arity: { inputs: [1, 4], outputs: [1, 1] },
  attributes: resizeAttributes,
  infer: ({ node, input, inputs, constant, integers }) => {
    interpolationOf(node);
    // An empty scales input is how older files leave it out.
    const has = (index: number): boolean => inputs[index] !== undefined && inputs[index].shape[0] !== 0;
    if (has(2) === has(3)) throw new LoupeError('badGraph', 'it needs either scales or sizes.');
    const { type, shape } = input(0);
    const values = integers(has(2) ? 2 : 3);
    const wanted = wantedSize(constant(2), constant(3));
    if (values.length === 0) throw new LoupeError('badGraph', 'it names no size.');
    return [{ type, shape: resizedAxes(node, shape, wanted).map(({ to }) => to) }];
  },
  vjp: ({ b, ct, node, input, constant, shapeOf }) => {
    refuseAntialias(node);
    const { scales, sizes } = wantedSize(constant(2), constant(3));
    const attributes: Attributes = {
      ...node.attributes,
      input_shape: ints(shapeOf(input(0))),
      ...(sizes === undefined ? { scales: floats(scales ?? []) } : { sizes: ints(sizes) }),
    };
    return [b.add('ResizeGrad', [ct], attributes, { domain: loupeDomain })];
  },
  samples: [
    { title: 'nearest, the default, twice', inputs: [{ dims: [1, 2, 2, 3] }, '', float32([1, 1, 2, 2])] },
    {
      title: 'nearest, ceil, asymmetric, smaller',
      inputs: [{ dims: [1, 1, 5, 4] }, '', '', int64([1, 1, 3, 7])],
      attributes: { nearest_mode: string('ceil'), coordinate_transformation_mode: string('asymmetric') },
    },
    {
      title: 'linear, half pixel',
      inputs: [{ dims: [1, 2, 3, 3] }, '', float32([1, 1, 1.7, 0.7])],
      attributes: { mode: string('linear') },
    },
    {
      title: 'linear, aligned corners, some axes',
      inputs: [{ dims: [1, 2, 3, 4] }, '', '', int64([5, 3])],
      attributes: {
        mode: string('linear'),
        coordinate_transformation_mode: string('align_corners'),
        axes: ints([2, 3]),
      },
    },
    {
      title: 'scales that change no length',
      inputs: [{ dims: [1, 1, 4, 3] }, '', float32([1, 1, 1.2, 1.3])],
      attributes: { mode: string('linear') },
    },
    {
      title: 'cubic, nothing outside',
      inputs: [{ dims: [1, 1, 4, 4] }, '', float32([1, 1, 1.5, 2])],
      attributes: { mode: string('cubic'), exclude_outside: int(1), cubic_coeff_a: float(-0.5) },
    },
  ],
});

/** The operator's inputs 2 and 3; an empty one is absent. */
function wantedSize(scales: Tensor | undefined, sizes: Tensor | undefined): WantedSize {
  const present = (value: Tensor | undefined): number[] | undefined =>
    value === undefined || value.dims[0] === 0 ? undefined : numbersOf(value);
  return { scales: present(scales), sizes: present(sizes) };
}

function refuseAntialias(node: Node): void {
  if (readInt(node, 'antialias', 0) === 0) return;
  throw new LoupeError(
    'noGradient',
    `The ${describeNode(node)} is antialiased, which has no gradient rule yet.`,
  );
}

/**
 * ResizeGrad(ct) = Mᵀ ct for the Resize that made a tensor of ct's shape from one of shape `input_shape`: it has
 * that node's attributes, and its scales or sizes as attributes. Linear in ct, so its own cotangent is Resize.
 */
export const resizeGrad = defineOperator({
  opType: 'ResizeGrad',
  domain: loupeDomain,
  attributes: { ...resizeAttributes, input_shape: 'ints', scales: 'floats', sizes: 'ints' },
  infer: inferGradient,
  vjp: (context) => [resizedAgain(context)],
  samples: [
    {
      title: 'nearest by 2 and 3',
      inputs: [{ dims: [1, 2, 4, 6] }],
      attributes: { input_shape: ints([1, 2, 2, 2]), scales: floats([1, 1, 2, 3]) },
    },
    {
      title: 'nearest to an uneven size',
      inputs: [{ dims: [1, 1, 5, 4] }],
      attributes: { input_shape: ints([1, 1, 3, 3]), sizes: ints([1, 1, 5, 4]) },
    },
    {
      title: 'linear, three axes',
      inputs: [{ dims: [3, 4, 2] }],
      attributes: { input_shape: ints([2, 3, 3]), sizes: ints([3, 4, 2]), mode: string('linear') },
    },
  ],
});

function inferGradient({ node, input }: ShapeContext): ValueType[] {
  const shape = readInts(node, 'input_shape');
  const resized = resizedAxes(node, shape, wantedSizeOf(node)).map(({ to }) => to);
  if (shapesEqual(resized, input(0).shape)) return [{ type: input(0).type, shape }];
  throw expected('badGraph', {
    wanted: `a cotangent of shape ${formatShape(resized)}`,
    for: describeNode(node),
    received: formatShape(input(0).shape),
  });
}

function wantedSizeOf(node: Node): WantedSize {
  return node.attributes.sizes === undefined
    ? { scales: readFloats(node, 'scales') }
    : { sizes: readInts(node, 'sizes') };
}

function resizedAgain({ b, ct, node }: VjpContext): string {
  const { input_shape: _shape, scales: _scales, sizes: _sizes, ...attributes } = node.attributes;
  const { scales, sizes } = wantedSizeOf(node);
  const size = sizes === undefined ? [b.constant(float32(scales ?? []))] : ['', b.axes(sizes)];
  return b.add('Resize', [ct, '', ...size], attributes);
}
