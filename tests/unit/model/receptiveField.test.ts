import { afterAll, describe, expect, it } from 'vitest';
import { backward } from '../../../core/autodiff/backward.ts';
import { seededRandom } from '../../../core/base/random.ts';
import { sizeOf } from '../../../core/base/shape.ts';
import { float32, floatsOf } from '../../../core/base/tensor.ts';
import type { GraphBuilder } from '../../../core/graph/builder.ts';
import { int, ints, string } from '../../../core/graph/ir.ts';
import { type ReceptiveField, receptiveFields } from '../../../core/model/receptiveField.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';

const runtime = new Runtime({ threads: 1 });

afterAll(async () => {
  await runtime.dispose();
});

const [height, width] = [40, 44];

/** Positive weights on positive pixels: no path cancels another, so the gradient shows all that an element sees. */
function positiveWeights(b: GraphBuilder, ...dims: number[]): string {
  const random = seededRandom(sizeOf(dims));
  return b.constant(
    float32(
      Array.from({ length: sizeOf(dims) }, () => 0.1 + random.uniform()),
      dims,
    ),
  );
}

const nets: Readonly<Record<string, (b: GraphBuilder) => string>> = {
  'convolutions with strides, pads and dilations': (b) => {
    const first = b.add('Conv', ['image', positiveWeights(b, 3, 2, 3, 5)], {
      strides: ints([2, 1]),
      pads: ints([1, 2, 0, 1]),
    });
    return b.add('Conv', [b.add('Relu', [first]), positiveWeights(b, 2, 3, 3, 2)], {
      dilations: ints([2, 3]),
      strides: ints([1, 2]),
      pads: ints([2, 0, 2, 1]),
    });
  },
  'automatic pads of even windows': (b) => {
    const first = b.add('Conv', ['image', positiveWeights(b, 2, 2, 4, 4)], {
      auto_pad: string('SAME_UPPER'),
      strides: ints([2, 2]),
    });
    return b.add('AveragePool', [first], {
      auto_pad: string('SAME_LOWER'),
      kernel_shape: ints([2, 2]),
      strides: ints([2, 2]),
    });
  },
  'a padding of its own, some axes only': (b) => {
    const padded = b.add('Pad', ['image', b.axes([3, 2, 1, 2]), '', b.axes([-1, 2])]);
    return b.add('Conv', [padded, positiveWeights(b, 2, 2, 3, 3)], { strides: ints([2, 2]) });
  },
  'paths of different reach that join': (b) => {
    const long = b.add('Conv', ['image', positiveWeights(b, 2, 2, 5, 5)], {
      pads: ints([1, 3, 3, 1]),
    });
    const short = b.add('Conv', ['image', positiveWeights(b, 2, 2, 1, 1)]);
    const sum = b.add('Add', [long, short]);
    return b.add('Concat', [sum, short], { axis: int(1) });
  },
  'shuffled channels': (b) => {
    const first = b.add('Conv', ['image', positiveWeights(b, 4, 2, 3, 3)], { pads: ints([1, 1, 1, 1]) });
    const apart = b.add('Reshape', [first, b.axes([1, 2, 2, height, width])]);
    const turned = b.add('Transpose', [apart], { perm: ints([0, 2, 1, 3, 4]) });
    const back = b.add('Reshape', [turned, b.axes([1, 4, height, width])]);
    return b.add('Conv', [back, positiveWeights(b, 4, 2, 3, 3)], { group: int(2), strides: ints([2, 2]) });
  },
};

/** The rows and columns of the image on which elements (row, column) of `value` depend, by their gradient. */
async function support(b: GraphBuilder, value: string, row: number, column: number) {
  const shape = b.shapeOf(value);
  const cotangent = new Float32Array(sizeOf(shape));
  const [, channels = 1, rows = 1, columns = 1] = shape;
  for (let c = 0; c < channels; c++) cotangent[(c * rows + row) * columns + column] = 1;
  const [slope = ''] = backward(b, {
    of: value,
    wrt: ['image'],
    cotangent: b.constant(float32(cotangent, shape)),
  });
  const program = await runtime.compile(b.build([slope]));
  const image = float32(new Float32Array(2 * height * width).fill(1), [1, 2, height, width]);
  const gradient = floatsOf(outputOf(await program.run({ image }), slope));
  const seen = [...gradient.keys()].filter((at) => gradient[at] !== 0);
  const rowsSeen = seen.map((at) => Math.floor(at / width) % height);
  const columnsSeen = seen.map((at) => at % width);
  return {
    height: [Math.min(...rowsSeen), Math.max(...rowsSeen)],
    width: [Math.min(...columnsSeen), Math.max(...columnsSeen)],
  };
}

const interval = ({ size, stride, start }: ReceptiveField, index: number): [number, number] => [
  start + index * stride - (size - 1) / 2,
  start + index * stride + (size - 1) / 2,
];

describe('the receptive field', () => {
  it.each(Object.entries(nets))('is where the gradient is: %s', async (_, build) => {
    const b = newBuilder();
    b.input('image', { type: 'float32', shape: [1, 2, height, width] });
    const value = build(b);
    const graph = b.build([value]);
    const [rows = 0, columns = 0] = b.shapeOf(value).slice(2);
    // Far enough from the border, so that nothing of the field lies in the padding.
    for (const [row, column] of [
      [Math.floor(rows / 2), Math.floor(columns / 2)],
      [Math.floor(rows / 2) - 1, Math.floor(columns / 2) + 1],
    ] as const) {
      const seen = await support(b, value, row, column);
      for (const [axis, index] of [
        ['height', row],
        ['width', column],
      ] as const) {
        const field = receptiveFields(graph, 'image', axis).get(value);
        expect(field).toBeDefined();
        if (field !== undefined) expect(interval(field, index)).toEqual(seen[axis]);
      }
    }
  });

  it('is not known beyond what sees everything or resizes the map', () => {
    const b = newBuilder();
    b.input('image', { type: 'float32', shape: [1, 2, 8, 8] });
    const mean = b.add('GlobalAveragePool', ['image']);
    const larger = b.add('Resize', ['image', '', '', b.axes([1, 2, 16, 16])], { mode: string('nearest') });
    const gated = b.add('Mul', ['image', mean]);
    const fields = receptiveFields(b.build([mean, larger, gated]), 'image');
    expect([mean, larger].map((name) => fields.has(name))).toEqual([false, false]);
    expect(fields.get(gated)).toEqual({ size: 1, stride: 1, start: 0 });
  });
});
