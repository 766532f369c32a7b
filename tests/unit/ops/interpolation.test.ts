import { afterAll, describe, expect, it } from 'vitest';
import { shapesEqual } from '../../../core/base/shape.ts';
import { type Tensor, float32, floatsOf, int64 } from '../../../core/base/tensor.ts';
import { type Attributes, float, int, string } from '../../../core/graph/ir.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { interpolationMatrix } from '../../../core/ops/shared/interpolation.ts';
import { interpolationOf, resizedAxes } from '../../../core/ops/shared/resizing.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';

const runtime = new Runtime({ device: 'cpu', threads: 1 });

afterAll(async () => {
  await runtime.dispose();
});

interface Case {
  readonly attributes: Attributes;
  readonly from: number;
  /** One of the two. */
  readonly scale?: number;
  readonly size?: number;
}

const sizes: readonly Omit<Case, 'attributes'>[] = [
  { from: 4, scale: 2 },
  { from: 5, scale: 3 },
  { from: 3, scale: 1.7 },
  { from: 7, scale: 0.6 },
  { from: 8, scale: 0.25 },
  { from: 6, scale: 0.5 },
  { from: 4, scale: 1.2 },
  { from: 5, size: 8 },
  { from: 9, size: 4 },
  { from: 3, size: 10 },
  { from: 6, size: 1 },
  { from: 1, size: 3 },
  { from: 5, size: 5 },
];

const coordinateModes = [
  'half_pixel',
  'asymmetric',
  'align_corners',
  'pytorch_half_pixel',
  'half_pixel_symmetric',
];
const nearestModes = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'];

const variants: readonly Attributes[] = coordinateModes.flatMap((mode) => {
  const coordinates = { coordinate_transformation_mode: string(mode) };
  return [
    ...nearestModes.map((nearest) => ({ ...coordinates, nearest_mode: string(nearest) })),
    { ...coordinates, mode: string('linear') },
    { ...coordinates, mode: string('cubic') },
    { ...coordinates, mode: string('cubic'), exclude_outside: int(1), cubic_coeff_a: float(-0.5) },
  ];
});

const titleOf = (attributes: Attributes): string =>
  Object.values(attributes)
    .map(({ kind, value }) => (kind === 'string' ? value : JSON.stringify(value)))
    .join(', ');

/** Resize of the columns of the identity, [1, from, from, 1] → [1, from, to, 1], and its own matrix, transposed alike. */
function addCase(
  b: ReturnType<typeof newBuilder>,
  { attributes, from, scale, size }: Case,
): { output: string; own: Tensor } {
  const unit = Float32Array.from({ length: from * from }, (_, at) => Number(at % (from + 1) === 0));
  const x = b.setConstant(b.fresh('x'), float32(unit, [1, from, from, 1]));
  const wanted =
    scale === undefined ? { sizes: [1, from, size ?? 0, 1] } : { scales: [1, 1, Math.fround(scale), 1] };
  const told =
    wanted.sizes === undefined ? [b.constant(float32(wanted.scales))] : ['', b.constant(int64(wanted.sizes))];
  const output = b.add('Resize', [x, '', ...told], attributes);
  const node = b.nodes.at(-1);
  const axis = node && resizedAxes(node, [1, from, from, 1], wanted)[2];
  if (node === undefined || axis === undefined) throw new Error('The Resize node was not added.');
  const { rows, columns, data } = interpolationMatrix(axis, interpolationOf(node));
  const transposed = Float32Array.from(
    { length: rows * columns },
    (_, at) => data[(at % rows) * columns + Math.floor(at / rows)] ?? 0,
  );
  return { output, own: float32(transposed, [1, columns, rows, 1]) };
}

describe('the matrix of a resize along one axis', () => {
  it.each(variants.map((attributes) => [titleOf(attributes), attributes] as const))(
    'is what ONNX Runtime computes: %s',
    async (_title, attributes) => {
      const b = newBuilder();
      const cases = sizes.map((size) => ({ size, ...addCase(b, { attributes, ...size }) }));
      const program = await runtime.compile(b.build(cases.map(({ output }) => output)));
      const result = await program.run({});
      const faults = cases.flatMap(({ size, output, own }) => {
        const actual = outputOf(result, output);
        const [wanted, found] = [floatsOf(actual), floatsOf(own)];
        const error = Math.max(...wanted.map((value, at) => Math.abs(value - (found[at] ?? Number.NaN))));
        const fits = shapesEqual(actual.dims, own.dims) && error <= 1e-6;
        return fits ? [] : [`${JSON.stringify(size)}: ${own.dims.join('x')}, wrong by ${error}`];
      });
      expect(faults).toEqual([]);
    },
  );

  it('weighs the two neighbours of a pixel enlarged three times by 2/3 and 1/3', () => {
    const { data } = interpolationMatrix(
      { from: 2, to: 6, scale: 3 },
      {
        mode: 'linear',
        coordinates: 'half_pixel',
        nearestMode: 'floor',
        cubicCoefficient: -0.75,
        excludeOutside: false,
      },
    );
    const expected = [1, 0, 1, 0, 2 / 3, 1 / 3, 1 / 3, 2 / 3, 0, 1, 0, 1];
    data.forEach((value, at) => expect(value).toBeCloseTo(expected[at] ?? Number.NaN, 6));
  });
});

describe('the size of a resize', () => {
  const axesOf = (attributes: Attributes, wanted: Parameters<typeof resizedAxes>[2]): number[] => {
    const node = { name: 'r', opType: 'Resize', domain: '', inputs: [], outputs: [], attributes };
    return resizedAxes(node, [1, 3, 10, 20], wanted).map(({ to }) => to);
  };

  it('is the length times the scale, cut, in float32', () => {
    expect(axesOf({}, { scales: [1, 1, 0.7, 1.26] })).toEqual([1, 3, 7, 25]);
  });

  it('keeps the aspect ratio inside or around the wanted size', () => {
    const axes = { axes: { kind: 'ints', value: [2, 3] } } as const;
    const sizes = { sizes: [20, 30] };
    expect(axesOf({ ...axes, keep_aspect_ratio_policy: string('not_larger') }, sizes)).toEqual([
      1, 3, 15, 30,
    ]);
    expect(axesOf({ ...axes, keep_aspect_ratio_policy: string('not_smaller') }, sizes)).toEqual([
      1, 3, 20, 40,
    ]);
  });

  it('is refused where scales are missing', () => {
    expect(() => axesOf({}, { scales: [2, 2] })).toThrow('1x3x10x20 cannot be resized by 2,2 on 4 axes.');
  });
});
