import { createHash } from 'node:crypto';
import { LoupeError, expected } from '../base/errors.ts';
import { randomOf, shuffle } from './seeds.ts';

/** [C, H, W] of an image. */
export type ImageShape = readonly [channels: number, height: number, width: number];

/** Examples in memory. */
export interface DataSet {
  readonly name: string;
  readonly classes: readonly string[];
  /** Of every image. */
  readonly shape: ImageShape;
  /** [length, C, H, W], 0..255. */
  readonly images: Uint8Array;
  /** [length], indices into `classes`. */
  readonly labels: Int32Array;
  /** SHA-256 of pixels, labels, shape and class names; of sets that are made, of what they are made by. */
  readonly sha256: string;
  /** Where the object is: coverage [length, H, W], 0..255; only sets that know it (Shapes). */
  readonly objects?: Uint8Array;
  /** The pixels that tell the class: coverage [length, H, W], 0..255; only sets that know it. */
  readonly evidence?: Uint8Array;
}

/** Elements of one image. */
export const imageSize = ({ shape: [channels, height, width] }: Pick<DataSet, 'shape'>): number =>
  channels * height * width;

/**
 * The examples at `indices`, in that order, copied. Its hash follows from the set's and the indices.
 *
 * @throws LoupeError badArgument for an index that is not in the set.
 */
export function subset(set: DataSet, indices: ArrayLike<number>): DataSet {
  const chosen = Int32Array.from(indices);
  const wrong = chosen.find((index) => index < 0 || index >= set.labels.length);
  if (wrong !== undefined) {
    throw expected('badArgument', {
      wanted: `indices from 0 to ${set.labels.length - 1}`,
      for: `a part of ${set.name}`,
      received: String(wrong),
    });
  }
  const [, height, width] = set.shape;
  const { objects, evidence } = set;
  const masks = (rows: Uint8Array): Uint8Array => rowsAt(rows, height * width, chosen);
  const newObjects = objects === undefined ? undefined : masks(objects);
  const newEvidence =
    evidence === undefined ? undefined : evidence === objects ? newObjects : masks(evidence);
  return {
    name: set.name,
    classes: set.classes,
    shape: set.shape,
    images: rowsAt(set.images, imageSize(set), chosen),
    labels: chosen.map((index) => set.labels[index] ?? 0),
    sha256: createHash('sha256').update(set.sha256).update(new Uint8Array(chosen.buffer)).digest('hex'),
    ...(newObjects === undefined ? {} : { objects: newObjects }),
    ...(newEvidence === undefined ? {} : { evidence: newEvidence }),
  };
}

function rowsAt(values: Uint8Array, size: number, indices: Int32Array): Uint8Array {
  const result = new Uint8Array(indices.length * size);
  indices.forEach((index, at) => {
    result.set(values.subarray(index * size, (index + 1) * size), at * size);
  });
  return result;
}

/** How much is held back: a share in (0, 1), or a number of examples. */
export type ValidationSize = { readonly fraction: number } | { readonly count: number };

/** Examples of each class. */
export function classCounts({ classes, labels }: Pick<DataSet, 'classes' | 'labels'>): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/**
 * Holds back a part of the examples for validation, of every class the same share (to one example). Both parts keep the order of the
 * set; which examples go where is a function of labels, size and seed.
 *
 * @throws LoupeError badArgument where one part would be empty.
 */
export function splitDataSet(
  set: DataSet,
  size: ValidationSize,
  seed: number,
): { training: DataSet; validation: DataSet } {
  const { length } = set.labels;
  const wanted = 'count' in size ? size.count : Math.round(size.fraction * length);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted >= length) {
    throw new LoupeError(
      'badArgument',
      `Expected between 1 and ${length - 1} of the ${length} examples of ${set.name} to be held back but received ${wanted}.`,
    );
  }
  const held = new Uint8Array(length);
  const random = randomOf(seed, 1);
  const shares = stratified(classCounts(set), wanted);
  indicesByClass(set).forEach((indices, label) => {
    for (const index of shuffle(indices, random).subarray(0, shares[label])) held[index] = 1;
  });
  const all = Int32Array.from(held.keys());
  return {
    training: subset(
      set,
      all.filter((index) => held[index] === 0),
    ),
    validation: subset(
      set,
      all.filter((index) => held[index] === 1),
    ),
  };
}

/** `total` shared out in proportion to `counts`, by largest remainders. */
function stratified(counts: readonly number[], total: number): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => (count * total) / all);
  const shares = exact.map(Math.floor);
  const left = total - shares.reduce((sum, share) => sum + share, 0);
  const remainder = (index: number): number => (exact[index] ?? 0) - (shares[index] ?? 0);
  const order = [...counts.keys()].sort((a, b) => remainder(b) - remainder(a) || a - b);
  for (const index of order.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}

function indicesByClass({ classes, labels }: DataSet): Int32Array[] {
  const lists = classes.map((): number[] => []);
  labels.forEach((label, index) => lists[label]?.push(index));
  return lists.map((list) => Int32Array.from(list));
}

/**
 * The same number of examples of each class, as many as the rarest has; the others are chosen by the seed. Keeps the order of the set.
 *
 * @throws LoupeError badArgument where a class has no example.
 */
export function balanced(set: DataSet, seed: number): DataSet {
  const counts = classCounts(set);
  const least = Math.min(...counts);
  if (least === 0) {
    throw new LoupeError(
      'badArgument',
      `The data set ${set.name} cannot be balanced: it holds no example of "${set.classes[counts.indexOf(0)] ?? ''}".`,
    );
  }
  const random = randomOf(seed, 2);
  const chosen = indicesByClass(set).flatMap((indices) => [...shuffle(indices, random).subarray(0, least)]);
  return subset(
    set,
    chosen.sort((a, b) => a - b),
  );
}

/** Of each channel, of pixel values in [0, 1], over all pixels of all images. */
export interface ChannelStatistics {
  readonly mean: number[];
  /** The population's (divided by the number of pixels). */
  readonly std: number[];
}

/** Mean and standard deviation of each channel; exact, because values are counted before they are summed. */
export function statisticsOf(set: DataSet): ChannelStatistics {
  const [channels, height, width] = set.shape;
  const plane = height * width;
  const statistics = Array.from({ length: channels }, (_, channel) => {
    const counts = new Float64Array(256);
    for (let from = channel * plane; from < set.images.length; from += imageSize(set)) {
      for (let at = from; at < from + plane; at++) {
        const value = set.images[at] ?? 0;
        counts[value] = (counts[value] ?? 0) + 1;
      }
    }
    return momentsOf(counts);
  });
  return { mean: statistics.map(({ mean }) => mean), std: statistics.map(({ std }) => std) };
}

/** Of the values k/255, each of which occurs `counts[k]` times. */
function momentsOf(counts: Float64Array): { mean: number; std: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, value) => sum + (count * value) / 255, 0) / total;
  const variance = counts.reduce((sum, count, value) => sum + count * (value / 255 - mean) ** 2, 0) / total;
  return { mean, std: Math.sqrt(variance) };
}
