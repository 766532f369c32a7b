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

/** What an image should agree with, on the network `convNet`: content at `late`, style at `early` and `late`. */
export interface StyleWanted {
  readonly content: readonly number[];
  /** The mean of the Gram matrices of the styles, a matrix a layer. */
  readonly grams: readonly (readonly number[])[];
}

const styleLayers = ['early', 'late'] as const;

export function wantedOf(content: Grid, styles: readonly Grid[]): StyleWanted {
  const features = styles.map(convNetFeatures);
  const grams = styleLayers.map((layer) => {
    const each = features.map((maps) => gram(maps[layer]));
    return (each[0] ?? []).map((_, at) =>
      each.reduce((sum, matrix) => sum + (matrix[at] ?? 0) / each.length, 0),
    );
  });
  return { content: convNetFeatures(content).late.data, grams };
}

export interface StyleWeights {
  readonly content: number;
  readonly style: number;
  readonly variation: number;
}

/** The losses of `image`. */
export function styleLosses(image: Grid, wanted: StyleWanted, weights: StyleWeights) {
  const features = convNetFeatures(image);
  const content = relativeError(features.late.data, wanted.content);
  const layers = styleLayers.map((layer, index) =>
    relativeError(gram(features[layer]), wanted.grams[index] ?? []),
  );
  const style = layers.reduce((sum, each) => sum + each / layers.length, 0);
  const variation = squaredVariation(image);
  const total = weights.content * content + weights.style * style + weights.variation * variation;
  return { total, content, style, variation, layers };
}
