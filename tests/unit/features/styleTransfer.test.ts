import { describe, expect, it } from 'vitest';
import { floatsOf } from '../../../core/base/tensor.ts';
import type { PictureFile } from '../../../core/data/picture.ts';
import { photograph } from '../../../core/features/shared/photograph.ts';
import { styleTransfer } from '../../../core/features/styleTransfer.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { convNet, convNetCard } from '../../reference/convNet.ts';
import type { Grid } from '../../reference/convolution.ts';
import { styleLosses, wantedOf } from '../../reference/style.ts';
import { greatestDifference } from './closeness.ts';
import { type FeatureOutcome, gridOf, pixelsOf, randomPicture, runFeature } from './pictures.ts';

const model = modelInMemory(convNet(), convNetCard);
const content = randomPicture(1, 20, 14);
const [style, other] = [randomPicture(3, 16, 18), randomPicture(4, 11, 24)];
const layers = { contentLayers: 'late', styleLayers: 'early, late' };

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
    params: { iterations: 12, ...layers, ...params },
  });

/** The result as a batch of one. */
const asImage = ({ image: { image } }: FeatureOutcome): Grid => ({
  ...gridOf(image),
  dims: [1, ...image.dims],
});

/** The losses that the facts of a run tell of its start, or of its end. */
function toldLosses({ fact }: FeatureOutcome, when: '' | ' at the start'): number[] {
  const labels = [
    'loss',
    'content loss',
    'style loss',
    'total variation',
    'style loss of early',
    'style loss of late',
  ];
  return labels.map((label) => fact(`${label}${when}`));
}

function referenceLosses(
  image: Grid,
  styles: readonly Grid[],
  [c, s, v]: readonly [number, number, number],
): number[] {
  const wanted = wantedOf(gridOf(pixelsOf(content)), styles);
  const {
    total,
    content: part,
    style,
    variation,
    layers: each,
  } = styleLosses(image, wanted, { content: c, style: s, variation: v });
  return [total, part, style, variation, ...each];
}

const starts = ['content', 'style', 'noise'] as const;

describe('the losses of a style transfer', () => {
  it.each(starts)(
    'are those of the formulas where it starts from the %s, and where it ends',
    async (start) => {
      const weights = { contentWeight: 2, styleWeight: 5, tvWeight: 0.5 };
      const outcome = await transfer({ params: { ...weights, start } });
      const styles = [gridOf(pixelsOf(style))];
      const ended = referenceLosses(asImage(outcome), styles, [2, 5, 0.5]);
      expect(greatestDifference(toldLosses(outcome, ''), ended)).toBeLessThan(1e-5);
      if (start === 'noise') return;
      const first = start === 'content' ? pixelsOf(content) : photograph(style, 3, { height: 14, width: 20 });
      const started = referenceLosses(gridOf(first), styles, [2, 5, 0.5]);
      expect(greatestDifference(toldLosses(outcome, ' at the start'), started)).toBeLessThan(1e-5);
    },
  );

  it('are compared with the mean of the Gram matrices of several styles', async () => {
    const outcome = await transfer({ styles: [style, other] });
    const styles = [style, other].map((each) => gridOf(pixelsOf(each)));
    const ended = referenceLosses(asImage(outcome), styles, [1, 10, 5]);
    expect(greatestDifference(toldLosses(outcome, ''), ended)).toBeLessThan(1e-5);
  });

  it('are compared with the style at another scale, if wished', async () => {
    // At most 20 pixels of content: 10 of style.
    const outcome = await transfer({ params: { size: 20, styleScale: 0.5 } });
    const small = gridOf(photograph(style, 3, { height: 10, width: 9 }));
    const ended = referenceLosses(asImage(outcome), [small], [1, 10, 5]);
    expect(greatestDifference(toldLosses(outcome, ''), ended)).toBeLessThan(1e-5);
  });

  it('are a curve from the start to the end, weighted and in parts', async () => {
    const { curve, fact } = await transfer({});
    expect(curve.x.values).toEqual(Array.from({ length: 13 }, (_, iteration) => iteration));
    const labels = ['loss', 'content loss', 'style loss', 'total variation'];
    curve.series.forEach(({ y }, index) => {
      expect(y).toHaveLength(13);
      expect(y[0]).toBe(fact(`${labels[index] ?? ''} at the start`));
      expect(y[12]).toBe(fact(labels[index] ?? ''));
    });
    const [total = [], ...parts] = curve.series.map(({ y }) => y);
    const sums = total.map((_, at) =>
      parts.reduce((sum, y, part) => sum + (y[at] ?? NaN) * ([1, 10, 5][part] ?? NaN), 0),
    );
    expect(greatestDifference(total, sums)).toBeLessThan(1e-5);
  });
});

describe('the search', () => {
  const lossesOf = ({ curve }: FeatureOutcome): readonly number[] => curve.series[0]?.y ?? [];

  it('by L-BFGS never lets the loss rise, and finds the same minimum from every start', async () => {
    const ends: number[] = [];
    for (const start of starts) {
      const outcome = await transfer({ params: { start, iterations: 40 } });
      const losses = lossesOf(outcome);
      expect(losses).toHaveLength(41);
      for (const [at, loss] of losses.slice(1).entries()) expect(loss).toBeLessThanOrEqual(losses[at] ?? NaN);
      ends.push(losses.at(-1) ?? NaN);
    }
    expect(Math.max(...ends)).toBeLessThan(1.01 * Math.min(...ends));
  });

  it('by Adam takes one evaluation an iteration and one for the last losses, and comes near that minimum', async () => {
    const adam = await transfer({ params: { optimizer: 'adam', iterations: 100 } });
    expect(adam.fact('iterations')).toBe(100);
    expect(adam.fact('evaluations')).toBe(101);
    const best = lossesOf(await transfer({ params: { iterations: 40 } })).at(-1) ?? NaN;
    expect(lossesOf(adam).at(-1)).toBeLessThan(1.1 * best);
  });
});

describe('the start', () => {
  const startOf = async (start: string, seed = 0): Promise<Grid> => {
    const still = { optimizer: 'adam', iterations: 1, learningRate: 1e-5 };
    return asImage(await transfer({ seed, params: { ...still, start } }));
  };

  it('is the content, or the first style stretched to its size', async () => {
    expect(greatestDifference((await startOf('content')).data, floatsOf(pixelsOf(content)))).toBeLessThan(
      2e-5,
    );
    const stretched = photograph(style, 3, { height: 14, width: 20 });
    expect(greatestDifference((await startOf('style')).data, floatsOf(stretched))).toBeLessThan(2e-5);
  });

  it('is grey noise of a standard deviation of a tenth, from the seed of the run', async () => {
    const { data } = await startOf('noise');
    const mean = data.reduce((sum, value) => sum + value / data.length, 0);
    const variance = data.reduce((sum, value) => sum + (value - mean) ** 2 / data.length, 0);
    // Four standard errors of 840 numbers.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.014);
    expect(Math.abs(Math.sqrt(variance) - 0.1)).toBeLessThan(0.01);
    expect((await startOf('noise')).data).toEqual(data);
    expect(greatestDifference((await startOf('noise', 1)).data, data)).toBeGreaterThan(0.2);
  });
});
