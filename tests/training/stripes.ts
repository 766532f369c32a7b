import { seededRandom } from '../../core/base/random.ts';
import type { DataSet } from '../../core/data/dataSet.ts';
import { checkedDataSet } from '../../core/data/sets/shared/checkedDataSet.ts';

/**
 * Grey pictures of lying (class 0) and standing (class 1) stripes two pixels wide with random phase, contrast and noise: separable,
 * and not by any pixel alone.
 */
export function stripes(length: number, { size = 8, seed = 1, noise = 0.1 } = {}): DataSet {
  const random = seededRandom(seed);
  const images = new Uint8Array(length * size * size);
  const labels = Int32Array.from({ length }, (_, index) => index % 2);
  labels.forEach((label, index) => {
    const [phase, contrast] = [random.integer(4), 0.3 + 0.2 * random.uniform()];
    for (let pixel = 0; pixel < size * size; pixel++) {
      const along = label === 0 ? Math.floor(pixel / size) : pixel % size;
      const stripe = (along + phase) % 4 < 2 ? contrast : -contrast;
      const value = 0.5 + stripe + noise * random.normal();
      images[index * size * size + pixel] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
  });
  return checkedDataSet({
    name: 'stripes',
    classes: ['lying', 'standing'],
    shape: [1, size, size],
    images,
    labels,
  });
}
