import { describe, expect, it } from 'vitest';
import { normals, seededRandom } from '../../../core/base/random.ts';
import { sizeOf } from '../../../core/base/shape.ts';
import { float32, floatsOf, int64 } from '../../../core/base/tensor.ts';
import { firstLayerWeights } from '../../../core/features/firstLayerWeights.ts';
import { firstFilters } from '../../../core/features/shared/firstFilters.ts';
import type { GraphBuilder } from '../../../core/graph/builder.ts';
import { type Attributes, int, ints } from '../../../core/graph/ir.ts';
import { MethodContext } from '../../../core/method/context.ts';
import type { Model } from '../../../core/model/model.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import type { InputCard } from '../../../core/protocol/card.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { rawInput, simpleNet } from '../../conformance/simpleNets.ts';
import { rawCard } from '../../rawCard.ts';
import { greatestDifference } from './closeness.ts';
import { cellsOf, runMethod } from './pictures.ts';

const side = 12;
const raw = rawCard(side);

/** The weights of each convolution below, by shape. */
const weightsOf = (...dims: number[]): Float32Array => normals(seededRandom(sizeOf(dims)), sizeOf(dims), 0.5);

interface Net {
  readonly card?: InputCard;
  /** Shape of the network's own input; that of the card unless told. */
  readonly input?: readonly number[];
  /** Emits the first layer of the image. */
  readonly first: (b: GraphBuilder, image: string) => string;
}

/** The first layer, a rectifier, a mean and two classes. */
function netOf({ card = raw, input = [1, card.channels, side, side], first }: Net): Model {
  const b = newBuilder();
  b.input('input', { type: 'float32', shape: input });
  const rectified = b.add('Relu', [first(b, 'input')]);
  const means = b.add('Flatten', [b.add('GlobalAveragePool', [rectified])], { axis: int(1) });
  const channels = b.shapeOf(means)[1] ?? 1;
  const classes = b.constant(float32(weightsOf(channels, 2), [channels, 2]));
  return modelInMemory(b.build([b.add('Gemm', [means, classes], {}, { name: 'logits' })]), card);
}

const convolution =
  (dims: readonly number[], attributes: Attributes = {}) =>
  (b: GraphBuilder, image: string): string =>
    b.add('Conv', [image, b.constant(float32(weightsOf(...dims), dims), 'weights')], attributes, {
      name: 'conv',
    });

async function filtersOf(model: Model) {
  const runtime = new Runtime({ threads: 1 });
  const filters = await firstFilters(new MethodContext({ model, runtime }));
  await runtime.dispose();
  return filters;
}

/** Weights [f, c, …] with each number changed by its filter and channel, and the channels in another order. */
function changed(
  [filters = 1, channels = 1, ...kernel]: readonly number[],
  change: (filter: number, channel: number) => number,
  order: readonly number[] = Array.from({ length: channels }, (_, channel) => channel),
): number[] {
  const weights = weightsOf(filters, channels, ...kernel);
  const plane = sizeOf(kernel);
  return Array.from({ length: filters }, (_, filter) =>
    order.map((channel) =>
      Array.from(
        { length: plane },
        (__, at) => (weights[(filter * channels + channel) * plane + at] ?? NaN) * change(filter, channel),
      ),
    ),
  ).flat(2);
}

const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const bgr: InputCard = { ...raw, colourOrder: 'BGR', range: [0, 255], mean: [104, 117, 123], std: [2, 4, 8] };
const grey: InputCard = { ...raw, channels: 1, colourOrder: 'grey', mean: [0.5], std: [0.25] };
const shape = [4, 3, 5, 3];
const gamma = [1.5, -2, 0.5, 3];
const variance = [0.25, 1, 4, 0.01];

/** A batch norm behind a convolution of four filters. */
function normalized(b: GraphBuilder, image: string): string {
  const constants = [gamma, [1, 2, 3, 4], [0.1, 0.2, 0.3, 0.4], variance].map((each) =>
    b.constant(float32(each)),
  );
  return b.add('BatchNormalization', [
    convolution(shape, { pads: ints([2, 1, 2, 1]) })(b, image),
    ...constants,
  ]);
}

/** Subtracts a mean, divides by a deviation, turns RGB into BGR and pads, before a convolution. */
function prepared(b: GraphBuilder, image: string): string {
  const constant = (values: readonly number[]): string => b.constant(float32(values, [1, 3, 1, 1]));
  const scaled = b.add('Div', [b.add('Sub', [image, constant(imageNet.mean)]), constant(imageNet.std)]);
  const turned = b.add('Gather', [scaled, b.constant(int64([2, 1, 0]))], { axis: int(1) });
  const padded = b.add('Pad', [turned, b.axes([0, 0, 2, 3, 0, 0, 1, 0])]);
  return convolution(shape, { strides: ints([2, 1]) })(b, padded);
}

const std = (values: readonly number[]) => (_: number, channel: number) => 1 / (values[channel] ?? NaN);

const nets: Readonly<Record<string, { net: Net; shape: readonly number[]; filters: readonly number[] }>> = {
  'as they are where pixels are taken as they are': {
    net: { first: convolution(shape, { pads: ints([1, 0, 2, 1]), strides: ints([2, 3]) }) },
    shape,
    filters: changed(shape, () => 1),
  },
  'over the standard deviation of the card': {
    net: { card: { ...raw, ...imageNet }, first: convolution(shape, { pads: ints([2, 1, 2, 1]) }) },
    shape,
    filters: changed(shape, std(imageNet.std)),
  },
  'in the order red, green, blue and in the unit of pixels where the network takes blue first, from 0 to 255':
    {
      net: { card: bgr, first: convolution(shape) },
      shape,
      filters: changed(shape, (_, channel) => 255 / (bgr.std[channel] ?? NaN), [2, 1, 0]),
    },
  'with their axes in order where the network takes channels last': {
    net: {
      card: { ...raw, layout: 'NHWC' },
      input: [1, side, side, 3],
      first: (b, image) => convolution(shape)(b, b.add('Transpose', [image], { perm: ints([0, 3, 1, 2]) })),
    },
    shape,
    filters: changed(shape, () => 1),
  },
  'with the batch norm behind them folded in': {
    net: { card: { ...raw, ...imageNet }, first: normalized },
    shape,
    filters: changed(
      shape,
      (filter, channel) =>
        (gamma[filter] ?? NaN) / Math.sqrt((variance[filter] ?? NaN) + 1e-5) / (imageNet.std[channel] ?? NaN),
    ),
  },
  'through preprocessing in the graph itself': {
    net: { first: prepared },
    shape,
    filters: changed(shape, (_, channel) => 1 / (imageNet.std[2 - channel] ?? NaN), [2, 1, 0]),
  },
  'in grey where the network takes grey': {
    net: { card: grey, first: convolution([3, 1, 3, 3]) },
    shape: [3, 1, 3, 3],
    filters: changed([3, 1, 3, 3], () => 4),
  },
  'on the one colour that each reads, where it reads one': {
    net: { first: convolution([6, 1, 2, 2], { group: int(3) }) },
    shape: [6, 3, 2, 2],
    filters: Array.from({ length: 6 * 3 * 4 }, (_, at) => {
      const [filter, channel] = [Math.floor(at / 12), Math.floor(at / 4) % 3];
      return Math.floor(filter / 2) === channel ? (weightsOf(6, 1, 2, 2)[filter * 4 + (at % 4)] ?? NaN) : 0;
    }),
  },
  'with the holes of their dilation': {
    net: { first: convolution([2, 3, 2, 2], { dilations: ints([2, 3]) }) },
    shape: [2, 3, 3, 4],
    filters: Array.from({ length: 2 * 3 * 3 * 4 }, (_, at) => {
      const [plane, row, column] = [Math.floor(at / 12), Math.floor(at / 4) % 3, at % 4];
      const read = row % 2 === 0 && column % 3 === 0;
      return read ? (weightsOf(2, 3, 2, 2)[plane * 4 + row + column / 3] ?? NaN) : 0;
    }),
  },
};

describe('the filters of the first layer', () => {
  it.each(Object.keys(nets))('are %s', async (name) => {
    const { net, shape: wanted, filters } = nets[name] ?? {};
    if (net === undefined || filters === undefined) throw new Error(`There is no net "${name}".`);
    const found = await filtersOf(netOf(net));
    expect(found.shape).toEqual(wanted);
    expect(greatestDifference(found.values, filters)).toBeLessThan(1e-5 * Math.max(...filters.map(Math.abs)));
  });
});

describe('the pictures of the filters', () => {
  it('are grey at 0, black and white at the weight that all but one of 200 stay below, and say how many lie beyond', async () => {
    const { results } = await runMethod(firstLayerWeights, {
      model: netOf({ first: convolution([40, 3, 3, 3]) }),
    });
    const weights = weightsOf(40, 3, 3, 3);
    const sizes = [...weights].map(Math.abs).sort((a, b) => a - b);
    // 1080 weights, of which 1074.6 are 99.5 %.
    const limit = sizes[1074] ?? NaN;
    const levels = [...weights].map((weight) => Math.min(1, Math.max(0, 0.5 + weight / limit / 2)));
    const cells = cellsOf(results);
    expect(cells.map(({ caption }) => caption)).toEqual(
      weights.subarray(0, 40).reduce<string[][]>((list) => [...list, [`filter ${list.length}`]], []),
    );
    expect(cells[0]?.image.dims).toEqual([3, 3, 3]);
    expect(
      greatestDifference(
        cells.flatMap(({ image }) => [...floatsOf(image)]),
        levels,
      ),
    ).toBeLessThan(1e-6);
    const [grid] = results;
    expect(grid?.title).toBe(
      `Filters of conv, grey is 0, black and white are ∓${limit.toPrecision(3)} in all of them`,
    );
    expect(grid?.facts).toEqual([
      { label: 'filters', value: 40 },
      { label: 'greatest weight', value: sizes[1079] },
    ]);
    expect(grid?.notes?.[1]).toBe('5 of 1080 weights lie beyond the scale.');
  });

  it('are grey where every weight is 0', async () => {
    const zeros = (b: GraphBuilder, image: string): string =>
      b.add('Conv', [image, b.constant(float32(new Float32Array(54), [2, 3, 3, 3]))]);
    const { results } = await runMethod(firstLayerWeights, { model: netOf({ first: zeros }) });
    for (const { image } of cellsOf(results)) expect([...floatsOf(image)]).toEqual(Array(27).fill(0.5));
  });
});

describe('the filters of the first layer are refused', () => {
  it.each<readonly [string, Model, string]>([
    [
      'where there is no convolution',
      modelInMemory(simpleNet('linear'), rawInput),
      'The weights of the first layer can be drawn where a convolution reads the picture; here the ',
    ],
    [
      'behind a nonlinearity',
      netOf({ first: (b, image) => convolution(shape)(b, b.add('Tanh', [image])) }),
      'comes first.',
    ],
    [
      'of many channels',
      netOf({
        first: (b, image) => convolution([4, 6, 3, 3])(b, b.add('Concat', [image, image], { axis: int(1) })),
      }),
      'Expected filters of one input channel or three for the first convolution',
    ],
  ])('%s', async (_, model, sentence) => {
    await expect(runMethod(firstLayerWeights, { model })).rejects.toThrow(sentence);
  });
});
