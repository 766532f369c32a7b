import { describe, expect, it } from 'vitest';
import { floatsOf } from '../../../core/base/tensor.ts';
import type { PictureFile } from '../../../core/data/picture.ts';
import { styleTransfer } from '../../../core/features/styleTransfer.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { convNet, convNetCard } from '../../reference/convNet.ts';
import { greatestDifference } from './closeness.ts';
import { pixelsOf, randomPicture, runFeature } from './pictures.ts';

const model = modelInMemory(convNet(), convNetCard);
const content = randomPicture(1, 20, 14);
const [style, other] = [randomPicture(3, 16, 18), randomPicture(4, 11, 24)];

interface Question {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly picture?: PictureFile;
  readonly styles?: readonly PictureFile[];
  readonly seed?: number;
}

const transfer = async ({ params, picture = content, styles = [style], ...more }: Question) =>
  runFeature(styleTransfer, {
    model,
    picture,
    references: { style: styles },
    ...more,
    params: { iterations: 12, contentLayers: 'late', styleLayers: 'early, late', ...params },
  });

const valuesOf = async (question: Question): Promise<Float32Array> =>
  floatsOf((await transfer(question)).image.image);

const searches = ['lbfgs', 'adam'] as const;

describe('a style transfer', () => {
  it.each(searches)(
    'is the same for the same seed, and another for another only where it starts from noise: %s',
    async (optimizer) => {
      const from = async (start: string, seed: number) => valuesOf({ seed, params: { start, optimizer } });
      expect(await from('noise', 3)).toEqual(await from('noise', 3));
      expect(greatestDifference(await from('noise', 3), await from('noise', 4))).toBeGreaterThan(0.01);
      expect(await from('content', 3)).toEqual(await from('content', 4));
      expect(await from('style', 3)).toEqual(await from('style', 4));
    },
  );

  it.each(searches)(
    'stays in [0, 1], and reaches both ends where the style asks for more: %s',
    async (optimizer) => {
      const params = { optimizer, contentWeight: 0, tvWeight: 0, learningRate: 0.2, start: 'noise' };
      const black = { ...style, rgb: style.rgb.map((value) => (value > 128 ? 255 : 0)) };
      const values = await valuesOf({ params, styles: [black] });
      expect(Math.min(...values)).toBe(0);
      expect(Math.max(...values)).toBe(1);
    },
  );

  it('keeps the shape of the content, reduces its longer side to `size` and never enlarges', async () => {
    const sized = async (size: number) =>
      (await transfer({ params: { size, iterations: 1 } })).image.image.dims;
    expect(await sized(16)).toEqual([3, 11, 16]);
    expect(await sized(500)).toEqual([3, 14, 20]);
  });

  it('tells its progress from the start on, with a preview every ten iterations', async () => {
    const { progress, curve, image } = await transfer({ params: { iterations: 20 } });
    expect(progress.map(({ done }) => done)).toEqual(Array.from({ length: 21 }, (_, iteration) => iteration));
    const losses = curve.series[0]?.y ?? [];
    expect(progress.map(({ what }) => what)).toEqual(losses.map((loss) => `loss ${loss.toPrecision(4)}`));
    const shown = progress.flatMap(({ preview }) => (preview?.type === 'image' ? [preview.image] : []));
    expect(progress.filter(({ preview }) => preview !== undefined).map(({ done }) => done)).toEqual([
      0, 10, 20,
    ]);
    expect(greatestDifference(floatsOf(shown[0] ?? image.image), floatsOf(pixelsOf(content)))).toBe(0);
    expect(shown[2]).toEqual(image.image);
  });

  it('compares a layer once, however often it is named', async () => {
    const twice = { contentLayers: 'late,late', styleLayers: 'early,late,early' };
    const found = await transfer({ params: twice });
    expect(found.image.facts?.slice(0, 2)).toEqual([
      { label: 'content layers', value: 'late' },
      { label: 'style layers', value: 'early, late' },
    ]);
    expect(floatsOf(found.image.image)).toEqual(await valuesOf({}));
  });
});

describe('a weight of 0 leaves its term out', () => {
  it.each(searches)('of the style and the smoothness: the content stays as it is (%s)', async (optimizer) => {
    const params = { optimizer, styleWeight: 0, tvWeight: 0 };
    const { image, fact } = await transfer({ params });
    expect(greatestDifference(floatsOf(image.image), floatsOf(pixelsOf(content)))).toBeLessThan(1e-6);
    expect(fact('loss')).toBeLessThan(1e-9);
    const early = image.notes?.join(' ').includes('ended after 0 iterations: no step made the loss lower');
    expect(early).toBe(optimizer === 'lbfgs');
  });

  it('of the style: nothing depends on the style', async () => {
    const found = async (picture: PictureFile) =>
      valuesOf({ styles: [picture], params: { styleWeight: 0, start: 'noise' } });
    expect(await found(style)).toEqual(await found(other));
  });

  it('of the content: nothing depends on the content but the size', async () => {
    const found = async (picture: PictureFile) =>
      valuesOf({ picture, params: { contentWeight: 0, start: 'noise' } });
    expect(await found(content)).toEqual(await found(randomPicture(8, 20, 14)));
  });

  it('of all but the smoothness: the image becomes even', async () => {
    const params = { contentWeight: 0, styleWeight: 0, iterations: 60 };
    const { fact } = await transfer({ params });
    expect(fact('total variation at the start')).toBeGreaterThan(0.01);
    expect(fact('total variation')).toBeLessThan(1e-8);
  });
});

/** The picture [3, …] of the luma Y of one and the chroma B − Y and R − Y of another, by BT.601, kept in [0, 1]. */
function recombined(shapes: ArrayLike<number>, colours: ArrayLike<number>): number[] {
  const plane = shapes.length / 3;
  const pixelOf = (values: ArrayLike<number>, at: number) => {
    const [r = NaN, g = NaN, b = NaN] = [0, 1, 2].map((channel) => values[channel * plane + at]);
    return { r, b, y: 0.299 * r + 0.587 * g + 0.114 * b };
  };
  const pixels = Array.from({ length: plane }, (_, at) => {
    const { y } = pixelOf(shapes, at);
    const from = pixelOf(colours, at);
    const [r, b] = [y + (from.r - from.y), y + (from.b - from.y)];
    return [r, (y - 0.299 * r - 0.114 * b) / 0.587, b];
  });
  return [0, 1, 2].flatMap((channel) => pixels.map((rgb) => Math.min(1, Math.max(0, rgb[channel] ?? NaN))));
}

describe('keeping the colours', () => {
  it('takes the luma of the result and the chroma of the content, pixel by pixel', async () => {
    const plain = await valuesOf({});
    const { image } = await transfer({ params: { keepColours: true } });
    const wanted = recombined(plain, floatsOf(pixelsOf(content)));
    expect(greatestDifference(floatsOf(image.image), wanted)).toBeLessThan(1e-6);
    expect(greatestDifference(floatsOf(image.image), plain)).toBeGreaterThan(0.1);
    expect(image.notes?.join(' ')).toContain('before it got the colours of the content back');
  });
});

describe('a style transfer is refused', () => {
  const grey = modelInMemory(convNet(), {
    ...convNetCard,
    channels: 1,
    colourOrder: 'grey',
    mean: [0],
    std: [1],
  });

  it.each([
    [
      'without a style',
      { styles: [] },
      'Style transfer needs a content picture and at least one style picture.',
    ],
    [
      'of an unknown layer',
      { params: { contentLayers: 'lat' } },
      'There is no layer "lat". Did you mean "late"?',
    ],
    [
      'at a layer without height and width',
      { params: { styleLayers: 'early, logits' } },
      'Expected feature maps with height and width for the layers of a style transfer but received "logits".',
    ],
    [
      'of a negative weight',
      { params: { styleWeight: -1 } },
      'The parameter styleWeight of styleTransfer is not valid',
    ],
  ])('%s', async (_, question, sentence) => {
    await expect(transfer(question)).rejects.toThrow(sentence);
  });

  it('where colours are to be kept that the network does not see', async () => {
    const params = { keepColours: true };
    const question = { model: grey, picture: content, references: { style: [style] }, params };
    await expect(runFeature(styleTransfer, question)).rejects.toThrow(
      'Expected a network that sees colours for the keepColours of a style transfer but received one that sees grey pictures.',
    );
  });
});
