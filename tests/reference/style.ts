import { convNetFeatures } from './convNet.ts';
import type { Grid } from './convolution.ts';

/** G[i, j] = Σ_p F[i, p] F[j, p] / (C·h·w) of a feature map [1, C, h, w], entry by entry. */
export function gram({ dims, data }: Grid): number[] {
  const [, channels = 1, height = 1, width = 1] = dims;
  const places = height * width;
  const entries: number[] = [];
  for (let i = 0; i < channels; i++) {
    for (let j = 0; j < channels; j++) {
      let sum = 0;
      for (let p = 0; p < places; p++) sum += (data[i * places + p] ?? 0) * (data[j * places + p] ?? 0);
      entries.push(sum / (channels * places));
    }
  }
  return entries;
}

/** Σ (a − wanted)² / Σ wanted². */
export function relativeError(a: readonly number[], wanted: readonly number[]): number {
  const error = a.reduce((sum, value, at) => sum + (value - (wanted[at] ?? 0)) ** 2, 0);
  return error / wanted.reduce((sum, value) => sum + value ** 2, 0);
}

/** Squared differences of all pairs of neighbours, over the number of elements. */
export function squaredVariation({ dims, data }: Grid): number {
  const [, channels = 1, height = 1, width = 1] = dims;
  let sum = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = (c * height + y) * width + x;
        if (y + 1 < height) sum += ((data[at + width] ?? 0) - (data[at] ?? 0)) ** 2;
        if (x + 1 < width) sum += ((data[at + 1] ?? 0) - (data[at] ?? 0)) ** 2;
      }
    }
  }
  return sum / data.length;
}

export interface StyleQuestion {
  readonly content: Grid;
  readonly styles: readonly Grid[];
  readonly weights: { readonly content: number; readonly style: number; readonly variation: number };
}

/** The losses of `image` on the network `convNet`: content at `late`, style at `early` and `late`. */
export function styleLosses(image: Grid, { content, styles, weights }: StyleQuestion) {
  const features = convNetFeatures(image);
  const contentLoss = relativeError(features.late.data, convNetFeatures(content).late.data);
  const layers = (['early', 'late'] as const).map((layer) => {
    const grams = styles.map((style) => gram(convNetFeatures(style)[layer]));
    const wanted = gram(features[layer]).map(
      (_, at) => grams.reduce((sum, each) => sum + (each[at] ?? 0), 0) / grams.length,
    );
    return relativeError(gram(features[layer]), wanted);
  });
  const style = layers.reduce((sum, each) => sum + each, 0) / layers.length;
  const variation = squaredVariation(image);
  const total = weights.content * contentLoss + weights.style * style + weights.variation * variation;
  return { total, content: contentLoss, style, variation, layers };
}
