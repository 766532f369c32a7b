import { sizeOf } from '../base/shape.ts';
import { type Tensor, floatsOf, tensor } from '../base/tensor.ts';

/** What a run of a program costs beside its examples, in examples: the reason for batches. */
const runCost = 0.5;

/**
 * The batch size up to `limit` in which `count` examples take the least work: 25 examples are five batches of five
 * rather than four of eight, of which the last would be nearly empty.
 */
export function evenBatch(count: number, limit: number): number {
  const costOf = (batch: number): number => Math.ceil(count / batch) * (batch + runCost);
  let best = 1;
  for (let batch = 2; batch <= Math.min(count, limit); batch++)
    if (costOf(batch) <= costOf(best)) best = batch;
  return best;
}

/** `batch` examples of `images` [n, …] from `start`; where they end, the last one is repeated. */
export function batchOf(images: Tensor, start: number, batch: number): Tensor {
  const [count = 0, ...shape] = images.dims;
  const size = sizeOf(shape);
  const data = floatsOf(images);
  const dims = [batch, ...shape];
  if (start + batch <= count)
    return tensor('float32', data.subarray(start * size, (start + batch) * size), dims);
  const filled = new Float32Array(batch * size);
  for (let at = 0; at < batch; at++) {
    const from = Math.min(start + at, count - 1) * size;
    filled.set(data.subarray(from, from + size), at * size);
  }
  return tensor('float32', filled, dims);
}

/** Example `index` of a batch [n, …], without the batch axis. */
export function exampleOf(batch: Tensor, index: number): Tensor {
  const shape = batch.dims.slice(1);
  const size = sizeOf(shape);
  return tensor('float32', floatsOf(batch).slice(index * size, (index + 1) * size), shape);
}
