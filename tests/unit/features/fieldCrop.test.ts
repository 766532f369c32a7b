import { describe, expect, it } from 'vitest';
import { normals, seededRandom } from '../../../core/base/random.ts';
import { sizeOf } from '../../../core/base/shape.ts';
import { type Tensor, float32, floatsOf } from '../../../core/base/tensor.ts';
import { cropAt, fieldAt } from '../../../core/features/shared/fieldCrop.ts';
import type { GraphBuilder } from '../../../core/graph/builder.ts';
import { int, ints } from '../../../core/graph/ir.ts';
import { type Layer, resolveLayer } from '../../../core/model/layers.ts';
import { type Model, networkOf } from '../../../core/model/model.ts';
import { trunkOf } from '../../../core/model/trunk.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { convNet, convNetCard } from '../../reference/convNet.ts';

const { height, width } = convNetCard;
const random = seededRandom(3);
const weights = (b: GraphBuilder, ...dims: number[]): string =>
  b.constant(float32(normals(random, sizeOf(dims)), dims), 'weights');

/** Windows, strides and pads that differ along the two axes, and on both sides of an axis. */
function crooked(): Model {
  const b = newBuilder();
  b.input('input', { type: 'float32', shape: [1, 3, height, width] });
  const first = b.add(
    'Conv',
    ['input', weights(b, 4, 3, 3, 4)],
    { strides: ints([1, 2]), pads: ints([2, 1, 0, 3]) },
    { name: 'first' },
  );
  const second = b.add(
    'Conv',
    [first, weights(b, 2, 4, 2, 2)],
    { strides: ints([2, 1]) },
    { name: 'second' },
  );
  const rows = b.add('Flatten', [second], { axis: int(1) });
  const inputs = b.shapeOf(rows)[1] ?? 1;
  return modelInMemory(
    b.build([b.add('Gemm', [rows, weights(b, inputs, 3)], {}, { name: 'logits' })]),
    convNetCard,
  );
}

/** For every unit of a layer, the pixels that change it: the network is run once for each pixel. */
async function seenPixels(model: Model, layer: Layer): Promise<Map<number, number>[]> {
  const runtime = new Runtime({ threads: 1 });
  const trunk = trunkOf(model, [layer.value], { batch: 1, height, width });
  const program = await runtime.compile(trunk.graph);
  const base = Float32Array.from({ length: 3 * height * width }, () => 0.3 + 0.4 * random.uniform());
  const values = async (image: Float32Array): Promise<Float32Array> =>
    floatsOf(
      outputOf(await program.run({ [trunk.image]: float32(image, [1, 3, height, width]) }), layer.value),
    );
  const before = await values(base);
  const [, channels = 1, rows = 1, columns = 1] = layer.shape;
  const seen = Array.from({ length: rows * columns }, () => new Map<number, number>());
  for (let pixel = 0; pixel < height * width; pixel++) {
    const after = await values(
      base.map((value, at) => (at % (height * width) === pixel ? 1 - value : value)),
    );
    seen.forEach((pixels, unit) => {
      const changed = Array.from({ length: channels }, (_, c) => c * rows * columns + unit);
      if (changed.some((at) => after[at] !== before[at])) pixels.set(pixel, (pixel + 1) / 1000);
    });
  }
  await runtime.dispose();
  return seen;
}

/** An image [1, H, W] in which every pixel is (its index + 1)/1000; none is grey. */
const numbered: Tensor = float32(
  Array.from({ length: height * width }, (_, pixel) => (pixel + 1) / 1000),
  [1, height, width],
);

interface Corner {
  readonly y: number;
  readonly x: number;
}

const nowhere: Corner = { y: NaN, x: NaN };

/** The pixel at which a crop of the numbered image has its upper left corner, by every pixel in it alike; NaN if they disagree. */
function cornerOf(crop: Tensor): Corner {
  const columns = crop.dims[2] ?? 1;
  const corners = [...floatsOf(crop)].flatMap((value, at) => {
    const pixel = Math.round(1000 * value) - 1;
    const corner = {
      y: Math.floor(pixel / width) - Math.floor(at / columns),
      x: (pixel % width) - (at % columns),
    };
    return value === 0.5 ? [] : [corner];
  });
  const [first = nowhere] = corners;
  return corners.every(({ y, x }) => y === first.y && x === first.x) ? first : nowhere;
}

describe('a crop', () => {
  it.each([
    ['early', modelInMemory(convNet(), convNetCard), [3, 3]],
    ['late', modelInMemory(convNet(), convNetCard), [5, 5]],
    ['first', crooked(), [3, 4]],
    ['second', crooked(), [4, 6]],
  ] as const)(
    'of each unit of %s holds the pixels that change it, in their places, and grey beyond the border',
    async (name, model, size) => {
      const layer = resolveLayer(networkOf(model), name);
      const field = fieldAt(model, { kind: 'layer', layer });
      if (field === undefined) throw new Error('The field is not known.');
      const [, , , columns = 1] = layer.shape;
      const seen = await seenPixels(model, layer);
      const grey: number[] = [];
      const corners: Corner[] = [];
      for (const [unit, pixels] of seen.entries()) {
        const crop = cropAt(numbered, field, Math.floor(unit / columns), unit % columns);
        expect(crop.dims).toEqual([1, ...size]);
        const inside = [...floatsOf(crop)].filter((value) => value !== 0.5);
        expect(inside).toEqual([...pixels.values()].map(Math.fround));
        corners.push(cornerOf(crop));
        grey.push(floatsOf(crop).length - inside.length);
      }
      // From one unit to the next it is always the same step, at the border too.
      expect(corners).not.toContainEqual(nowhere);
      const [first = nowhere, beside = nowhere, below = nowhere] = [0, 1, columns].map(
        (unit) => corners[unit],
      );
      corners.forEach((corner, unit) => {
        const [row, column] = [Math.floor(unit / columns), unit % columns];
        expect(corner.y).toBe(first.y + row * (below.y - first.y));
        expect(corner.x).toBe(first.x + column * (beside.x - first.x));
      });
      // Some units see the border, and some do not.
      expect(Math.min(...grey)).toBe(0);
      expect(Math.max(...grey)).toBeGreaterThan(0);
    },
  );

  it('is not made where a unit sees the whole picture, nor of classes', () => {
    const model = modelInMemory(convNet(), { ...convNetCard, width: 5, height: 5 });
    const layer = resolveLayer(networkOf(model), 'late');
    expect(fieldAt(model, { kind: 'layer', layer })).toBeUndefined();
    expect(fieldAt(model, { kind: 'logits' })).toBeUndefined();
  });
});
