import { describe, expect, it } from 'vitest';
import { backward } from '../../core/autodiff/backward.ts';
import { seededRandom } from '../../core/base/random.ts';
import { type Attributes, int, ints, string } from '../../core/graph/ir.ts';
import { type Grid, indicesOf } from '../reference/convolution.ts';
import {
  type PoolGeometry,
  averagePool,
  averagePoolGradient,
  firstMaxima,
  gatherAtMaxima,
  maxPoolGradient,
} from '../reference/pooling.ts';
import { distance, drawn, runLowered } from './lowered.ts';

/** A pooling as a node has it, and what it should mean, worked out by hand. */
interface Case extends Partial<PoolGeometry> {
  readonly title: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly kernel: readonly number[];
  readonly attributes?: Attributes;
}

const ceil = { ceil_mode: int(1) };

const cases: readonly Case[] = [
  { title: '2x2, stride 2', x: [2, 3, 6, 4], y: [2, 3, 3, 2], kernel: [2, 2], strides: [2, 2] },
  {
    title: '2x2, stride 2, a row and a column left over',
    x: [2, 3, 5, 7],
    y: [2, 3, 2, 3],
    kernel: [2, 2],
    strides: [2, 2],
  },
  {
    title: '2x2, stride 2, ceil mode',
    x: [2, 3, 5, 6],
    y: [2, 3, 3, 3],
    kernel: [2, 2],
    strides: [2, 2],
    attributes: ceil,
  },
  {
    title: '3x3, stride 2, padded',
    x: [2, 3, 7, 6],
    y: [2, 3, 4, 3],
    kernel: [3, 3],
    strides: [2, 2],
    begins: [1, 1],
    ends: [1, 1],
  },
  {
    title: '3x3, stride 2, ceil mode',
    x: [2, 3, 6, 7],
    y: [2, 3, 3, 3],
    kernel: [3, 3],
    strides: [2, 2],
    attributes: ceil,
  },
  {
    title: 'ceil mode drops a window that would begin in the padding at the end',
    x: [1, 2, 4, 6],
    y: [1, 2, 3, 4],
    kernel: [2, 2],
    strides: [2, 2],
    begins: [1, 1],
    ends: [1, 1],
    attributes: ceil,
  },
  {
    title: 'ceil mode without a further window',
    x: [1, 2, 3, 5],
    y: [1, 2, 1, 2],
    kernel: [1, 1],
    strides: [4, 4],
    attributes: ceil,
  },
  {
    title: '3x3, stride 1, padded',
    x: [2, 2, 5, 4],
    y: [2, 2, 5, 4],
    kernel: [3, 3],
    begins: [1, 1],
    ends: [1, 1],
  },
  {
    title: 'stride 1, asymmetric pads',
    x: [2, 2, 5, 4],
    y: [2, 2, 6, 5],
    kernel: [3, 2],
    begins: [1, 1],
    ends: [2, 1],
  },
  {
    title: 'dilation 2',
    x: [1, 2, 7, 6],
    y: [1, 2, 3, 4],
    kernel: [3, 2],
    dilations: [2, 2],
    strides: [2, 1],
    begins: [1, 0],
    ends: [1, 0],
  },
  { title: 'dilation 2, stride 1', x: [1, 2, 5, 6], y: [1, 2, 3, 4], kernel: [2, 2], dilations: [2, 2] },
  {
    title: 'stride larger than the kernel',
    x: [1, 2, 8, 7],
    y: [1, 2, 3, 2],
    kernel: [2, 1],
    strides: [3, 5],
  },
  { title: 'unequal strides', x: [1, 2, 6, 7], y: [1, 2, 3, 2], kernel: [2, 3], strides: [2, 3] },
  {
    title: 'one axis, padded',
    x: [2, 2, 9],
    y: [2, 2, 5],
    kernel: [3],
    strides: [2],
    begins: [1],
    ends: [1],
  },
  { title: 'one axis, kernel equal to the stride', x: [2, 2, 8], y: [2, 2, 2], kernel: [3], strides: [3] },
  { title: 'one window over everything', x: [2, 2, 3, 4], y: [2, 2, 1, 1], kernel: [3, 4] },
  {
    title: 'SAME_UPPER',
    x: [1, 2, 6, 5],
    y: [1, 2, 3, 3],
    kernel: [3, 2],
    strides: [2, 2],
    begins: [0, 0],
    ends: [1, 1],
    attributes: { auto_pad: string('SAME_UPPER') },
  },
  {
    title: 'SAME_LOWER',
    x: [1, 2, 6, 5],
    y: [1, 2, 3, 3],
    kernel: [3, 2],
    strides: [2, 2],
    begins: [1, 1],
    ends: [0, 0],
    attributes: { auto_pad: string('SAME_LOWER') },
  },
];

function geometryOf({ kernel, strides, dilations, begins, ends }: Case): PoolGeometry {
  const of = (values: readonly number[] | undefined, usual: number) => values ?? kernel.map(() => usual);
  return {
    kernel,
    strides: of(strides, 1),
    dilations: of(dilations, 1),
    begins: of(begins, 0),
    ends: of(ends, 0),
  };
}

function attributesOf(one: Case): Attributes {
  const { kernel, strides, dilations, begins, ends } = geometryOf(one);
  const pads = one.attributes?.['auto_pad'] === undefined ? { pads: ints([...begins, ...ends]) } : {};
  return {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    dilations: ints(dilations),
    ...pads,
    ...one.attributes,
  };
}

/** Small integers, so that most windows have several maxima. */
function tied(dims: readonly number[]): Grid {
  const random = seededRandom(3);
  return { dims, data: indicesOf(dims).map(() => random.integer(3) - 1) };
}

/** How far sums may be from the reference, relative; maxima are only copied, so they must be exact. */
const tolerance = 1e-6;

describe.each(['cpu', 'webgpu'] as const)('MaxPool lowered for %s', (target) => {
  it.each(cases)('$title: the gradient goes to the first of equal maxima', async (one) => {
    const random = seededRandom(5);
    const [ct, g] = [drawn(random, one.y), drawn(random, one.x)];
    const geometry = geometryOf(one);
    for (const x of [tied(one.x), drawn(random, one.x)]) {
      const found = await runLowered(target, { x, ct, g }, (b) => {
        const y = b.add('MaxPool', ['x'], attributesOf(one));
        const [dx = ''] = backward(b, { of: y, cotangent: 'ct', wrt: ['x'] });
        const [dct = ''] = backward(b, { of: dx, cotangent: 'g', wrt: ['ct'] });
        return { y, dx, dct };
      });
      expect(distance(found.y, gatherAtMaxima(x, x, one.y, geometry))).toBe(0);
      expect(distance(found.dx, maxPoolGradient(x, ct, geometry))).toBeLessThan(tolerance);
      expect(distance(found.dct, gatherAtMaxima(x, g, one.y, geometry))).toBe(0);
    }
  });

  it('names the places of the first maxima', async () => {
    const one = cases[3] as Case;
    const x = tied(one.x);
    const found = await runLowered(target, { x }, (b) => {
      const [y = '', places = ''] = b.addAll('MaxPool', ['x'], attributesOf(one), { outputs: 2 });
      return { y, places };
    });
    expect(found.places.data).toEqual(firstMaxima(x, one.y, geometryOf(one)));
  });

  it('gives a GlobalMaxPool the gradient at its first maximum', async () => {
    const x = tied([2, 3, 3, 4]);
    const ct = drawn(seededRandom(5), [2, 3, 1, 1]);
    const found = await runLowered(target, { x, ct }, (b) => {
      const [dx = ''] = backward(b, { of: b.add('GlobalMaxPool', ['x']), cotangent: 'ct', wrt: ['x'] });
      return { dx };
    });
    const whole = geometryOf({ title: '', x: x.dims, y: ct.dims, kernel: [3, 4] });
    expect(distance(found.dx, maxPoolGradient(x, ct, whole))).toBe(0);
  });
});

describe.each(['cpu', 'webgpu'] as const)('AveragePool lowered for %s', (target) => {
  it.each(cases)('$title: values and gradients are those of the definition', async (one) => {
    const random = seededRandom(9);
    const [x, ct, g] = [drawn(random, one.x), drawn(random, one.y), drawn(random, one.x)];
    const geometry = geometryOf(one);
    for (const includePad of [false, true]) {
      const found = await runLowered(target, { x, ct, g }, (b) => {
        const y = b.add('AveragePool', ['x'], {
          ...attributesOf(one),
          count_include_pad: int(Number(includePad)),
        });
        const [dx = ''] = backward(b, { of: y, cotangent: 'ct', wrt: ['x'] });
        const [dct = ''] = backward(b, { of: dx, cotangent: 'g', wrt: ['ct'] });
        return { y, dx, dct };
      });
      expect(distance(found.y, averagePool(x, one.y, geometry, includePad))).toBeLessThan(tolerance);
      expect(distance(found.dx, averagePoolGradient(ct, one.x, geometry, includePad))).toBeLessThan(
        tolerance,
      );
      expect(distance(found.dct, averagePool(g, one.y, geometry, includePad))).toBeLessThan(tolerance);
    }
  });

  it('shares the gradient of a GlobalAveragePool among all positions', async () => {
    const [x, ct] = [drawn(seededRandom(1), [2, 3, 3, 4]), drawn(seededRandom(2), [2, 3, 1, 1])];
    const found = await runLowered(target, { x, ct }, (b) => {
      const [dx = ''] = backward(b, { of: b.add('GlobalAveragePool', ['x']), cotangent: 'ct', wrt: ['x'] });
      return { dx };
    });
    const whole = geometryOf({ title: '', x: x.dims, y: ct.dims, kernel: [3, 4] });
    expect(distance(found.dx, averagePoolGradient(ct, x.dims, whole, false))).toBeLessThan(tolerance);
  });
});
