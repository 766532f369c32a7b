import type { Augmentation } from '../data/augmentation/schema.ts';
import { makeBatch } from '../data/batches.ts';
import type { DataSet } from '../data/dataSet.ts';
import type { Examples } from './examples.ts';

export interface ImageExamplesOptions {
  readonly seed: number;
  readonly outputs: number;
  /** Of training examples. */
  readonly augmentation?: Augmentation;
}

/** The images of a data set, pixels in [0, 1], with one-hot targets. */
export function imageExamples(set: DataSet, { seed, outputs, augmentation }: ImageExamplesOptions): Examples {
  return {
    length: set.labels.length,
    labels: set.labels,
    write({ indices, epoch, images, targets }) {
      const changes = epoch === undefined || augmentation === undefined ? {} : { augmentation };
      const output = { images, targets, labels: new Int32Array(indices.length) };
      makeBatch(set, indices, { seed, epoch: epoch ?? 0, classes: outputs, output, ...changes });
    },
  };
}
