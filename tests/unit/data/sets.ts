import type { DataSet, ImageShape } from '../../../core/data/dataSet.ts';
import { randomOf } from '../../../core/data/seeds.ts';
import { checkedDataSet } from '../../../core/data/sets/shared/checkedDataSet.ts';

/** Random pixels; the labels are given. */
export function noiseSet(labels: readonly number[], shape: ImageShape = [3, 5, 4], classes = 3): DataSet {
  const random = randomOf(99);
  const [channels, height, width] = shape;
  return checkedDataSet({
    name: 'noise',
    classes: Array.from({ length: classes }, (_, label) => `class ${label}`),
    shape,
    images: Uint8Array.from({ length: labels.length * channels * height * width }, () => random.integer(256)),
    labels: Int32Array.from(labels),
  });
}

/** The pixels of one example. */
export function pixelsOf({ images, labels }: Pick<DataSet, 'images' | 'labels'>, index: number): number[] {
  const size = images.length / labels.length;
  return [...images.subarray(index * size, (index + 1) * size)];
}
