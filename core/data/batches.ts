import { LoupeError, expected } from '../base/errors.ts';
import { augment, mixStream } from './augmentation/augment.ts';
import { drawMix } from './augmentation/mixup.ts';
import { type Augmentation, noAugmentation } from './augmentation/schema.ts';
import { type DataSet, imageSize } from './dataSet.ts';
import { randomOf, shuffle } from './seeds.ts';

/** What a step of training is fed with. */
export interface Batch {
  /** [N, C, H, W] in [0, 1]. */
  readonly images: Float32Array;
  /** [N]; of the example itself where two are mixed. */
  readonly labels: Int32Array;
  /** [N, classes]: one-hot, or a mixture of two. */
  readonly targets: Float32Array;
}

export interface BatchOptions {
  readonly seed: number;
  readonly epoch: number;
  /** Nothing is done unless told. */
  readonly augmentation?: Augmentation;
  /** Width of the targets; the set's number of classes unless told. */
  readonly classes?: number;
  /** Arrays of the right sizes that are written and returned, so that no memory is taken. */
  readonly output?: Batch;
}

/** A permutation of 0 … length − 1; a function of its arguments only. */
export function epochOrder(length: number, seed: number, epoch: number): Int32Array {
  return shuffle(
    Int32Array.from({ length }, (_, index) => index),
    randomOf(seed, epoch, length),
  );
}

/** k/255 as a float32. */
const levels = Float32Array.from({ length: 256 }, (_, level) => level / 255);

/**
 * The examples at `indices` as a batch. What augmentation does to an example is a function of seed, epoch and its index only,
 * not of the batch that it is in: a resumed training sees the same images.
 *
 * @throws LoupeError badArgument for an index that is not in the set, or an output of another size.
 */
export function makeBatch(set: DataSet, indices: ArrayLike<number>, options: BatchOptions): Batch {
  const { augmentation = noAugmentation, classes = set.classes.length } = options;
  const size = imageSize(set);
  const batch = options.output ?? emptyBatch(indices.length, size, classes);
  checkSizes(batch, indices.length, size, classes);
  batch.targets.fill(0);
  const scratch = new Float32Array(size);
  const partnerImage = new Float32Array(augmentation.mixup > 0 ? size : 0);
  for (let at = 0; at < indices.length; at++) {
    const index = checkedIndex(set, indices[at] ?? -1);
    const values = batch.images.subarray(at * size, (at + 1) * size);
    const label = set.labels[index] ?? 0;
    batch.labels[at] = label;
    readAugmented(set, index, augmentation, options, values, scratch);
    const { partner, weight } =
      augmentation.mixup > 0
        ? drawMix(
            randomOf(options.seed, options.epoch, mixStream, index),
            augmentation.mixup,
            set.labels.length,
          )
        : { partner: index, weight: 1 };
    addTarget(batch.targets, at * classes + label, weight);
    if (weight === 1) continue;
    addTarget(batch.targets, at * classes + (set.labels[partner] ?? 0), 1 - weight);
    readAugmented(set, partner, augmentation, options, partnerImage, scratch);
    for (let element = 0; element < size; element++) {
      values[element] = weight * (values[element] ?? 0) + (1 - weight) * (partnerImage[element] ?? 0);
    }
  }
  return batch;
}

/** Arrays for batches of `length`, to give to `makeBatch` again and again. */
export function emptyBatch(length: number, size: number, classes: number): Batch {
  return {
    images: new Float32Array(length * size),
    labels: new Int32Array(length),
    targets: new Float32Array(length * classes),
  };
}

function readAugmented(
  set: DataSet,
  index: number,
  augmentation: Augmentation,
  { seed, epoch }: BatchOptions,
  values: Float32Array,
  scratch: Float32Array,
): void {
  const from = index * values.length;
  const { images, shape } = set;
  for (let element = 0; element < values.length; element++) {
    values[element] = levels[images[from + element] ?? 0] ?? 0;
  }
  augment({ shape, values, scratch }, augmentation, (step) => randomOf(seed, epoch, step, index));
}

function addTarget(targets: Float32Array, at: number, weight: number): void {
  targets[at] = (targets[at] ?? 0) + weight;
}

function checkedIndex(set: DataSet, index: number): number {
  if (Number.isInteger(index) && index >= 0 && index < set.labels.length) return index;
  throw expected('badArgument', {
    wanted: `indices from 0 to ${set.labels.length - 1}`,
    for: `a batch of ${set.name}`,
    received: String(index),
  });
}

function checkSizes(batch: Batch, length: number, size: number, classes: number): void {
  const fits =
    batch.images.length === length * size &&
    batch.labels.length === length &&
    batch.targets.length === length * classes;
  if (fits) return;
  throw new LoupeError(
    'badArgument',
    `Expected arrays for ${length} images of ${size} values and ${classes} classes for the output of a batch but received ${batch.images.length}, ${batch.labels.length} and ${batch.targets.length} elements.`,
  );
}
