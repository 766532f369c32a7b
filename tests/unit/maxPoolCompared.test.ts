import { describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../core/base/random.ts';
import { sizeOf } from '../../core/base/shape.ts';
import { backward } from '../../core/autodiff/backward.ts';
import { int, ints } from '../../core/graph/ir.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import { lowerGraph } from '../../core/passes/lower/lower.ts';
import type { Grid } from '../reference/convolution.ts';
import { maxPoolGradient } from '../reference/pooling.ts';
import { distance, drawn, runLowered } from './lowered.ts';

interface Geometry {
  readonly title: string;
  readonly kernel: [number, number];
  readonly stride: number;
  readonly pads: [number, number, number, number];
  readonly ceil?: boolean;
  readonly size: [number, number];
}

const geometries: readonly Geometry[] = [
  { title: 'VGG: 2x2, stride 2', kernel: [2, 2], stride: 2, pads: [0, 0, 0, 0], size: [8, 6] },
  {
    title: 'odd sizes that the last window does not reach',
    kernel: [2, 2],
    stride: 2,
    pads: [0, 0, 0, 0],
    size: [7, 9],
  },
  { title: 'ResNet: 3x3, stride 2, pads 1', kernel: [3, 3], stride: 2, pads: [1, 1, 1, 1], size: [8, 10] },
  {
    title: 'SqueezeNet: 3x3, stride 2, ceil_mode',
    kernel: [3, 3],
    stride: 2,
    pads: [0, 0, 0, 0],
    ceil: true,
    size: [8, 7],
  },
  { title: 'Inception: 3x3, stride 1, pads 1', kernel: [3, 3], stride: 1, pads: [1, 1, 1, 1], size: [6, 5] },
  { title: '3x2, stride 3, pads at one end', kernel: [3, 2], stride: 3, pads: [0, 1, 1, 0], size: [8, 7] },
  { title: 'windows apart from each other', kernel: [2, 2], stride: 3, pads: [0, 0, 0, 0], size: [9, 8] },
  { title: '5x5, stride 2', kernel: [5, 5], stride: 2, pads: [2, 2, 2, 2], size: [9, 9] },
];

const attributesOf = ({ kernel, stride, pads, ceil }: Geometry) => ({
  kernel_shape: ints(kernel),
  strides: ints([stride, stride]),
  pads: ints(pads),
  ceil_mode: int(ceil === true ? 1 : 0),
});

/** Whole numbers from −2 to 3: after the ReLU there are many equal maxima, and windows of zeros only. */
function tied(random: Random, dims: readonly number[]): Grid {
  return { dims, data: Array.from({ length: sizeOf(dims) }, () => random.integer(6) - 2) };
}

async function compare(geometry: Geometry, draw: typeof tied): Promise<number> {
  const random = seededRandom(7);
  const x = draw(random, [2, 16, ...geometry.size]);
  const rectified: Grid = { dims: x.dims, data: x.data.map((value) => Math.max(0, value)) };
  const shapes = newBuilder();
  shapes.input('x', { type: 'float32', shape: x.dims });
  const ct = drawn(random, shapes.shapeOf(shapes.add('MaxPool', ['x'], attributesOf(geometry))));
  const found = await runLowered('cpu', { x, ct }, (b) => {
    const y = b.add('Relu', ['x']);
    const pooled = b.add('MaxPool', [y], attributesOf(geometry));
    const [slope = ''] = backward(b, { of: pooled, cotangent: 'ct', wrt: [y] });
    return { slope };
  });
  const { kernel, stride, pads } = geometry;
  const wanted = maxPoolGradient(rectified, ct, {
    kernel,
    strides: [stride, stride],
    dilations: [1, 1],
    begins: pads.slice(0, 2),
    ends: pads.slice(2),
  });
  return distance(found.slope, wanted);
}

describe('the max-pool gradient by comparing', () => {
  it.each(geometries)('gives each cotangent to the first of equal maxima: $title', async (geometry) => {
    expect(await compare(geometry, tied)).toBeLessThan(1e-6);
  });

  it.each(geometries)('agrees with the definition on numbers that differ: $title', async (geometry) => {
    expect(await compare(geometry, drawn)).toBeLessThan(1e-6);
  });

  it('is what runs after a ReLU of 16 channels, and not where x may be negative', () => {
    const operatorsFor = (rectify: boolean): string[] => {
      const b = newBuilder();
      const x = b.input('x', { type: 'float32', shape: [1, 16, 8, 8] });
      const y = rectify ? b.add('Relu', [x]) : b.add('Sin', [x]);
      const pooled = b.add('MaxPool', [y], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) });
      const gradients = backward(b, { of: pooled, wrt: [x] });
      return lowerGraph(b.build(gradients), 'cpu').nodes.map(({ opType }) => opType);
    };
    expect(operatorsFor(true)).not.toContain('ScatterElements');
    expect(operatorsFor(false)).toContain('ScatterElements');
  });
});
