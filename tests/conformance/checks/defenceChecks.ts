import { type Tensor, floatsOf, tensor } from '../../../core/base/tensor.ts';
import type { DefenceDefinition } from '../../../core/defences/define.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';

/** What a stage makes of an image [N, C, H, W]. */
async function staged(
  definition: DefenceDefinition,
  params: Readonly<Record<string, unknown>>,
  image: Tensor,
): Promise<Tensor> {
  const b = newBuilder();
  const input = b.input('image', { type: 'float32', shape: image.dims });
  const output = b.add('Identity', [definition.emit(b, input, params).image]);
  const runtime = new Runtime({ threads: 1 });
  try {
    return outputOf(await (await runtime.compile(b.build([output]))).run({ image }), output);
  } finally {
    await runtime.dispose();
  }
}

/** Example `index` of a batch, as a batch of one. */
function alone(batch: Tensor, index: number): Tensor {
  const [count = 1, ...rest] = batch.dims;
  const data = floatsOf(batch);
  const size = data.length / count;
  return tensor('float32', data.slice(index * size, (index + 1) * size), [1, ...rest]);
}

/** One sentence for everything that a stage does not keep of what all stages promise, on a batch of pictures with noise. */
export async function stageFaults(
  definition: DefenceDefinition,
  params: Readonly<Record<string, unknown>>,
  images: Tensor,
): Promise<string[]> {
  const result = await staged(definition, params, images);
  if (result.dims.join() !== images.dims.join()) return [`its shape is ${result.dims.join('x')}`];
  const [before, after] = [floatsOf(images), floatsOf(result)];
  const faults: string[] = [];
  if (!after.every(Number.isFinite)) faults.push('it is not finite');
  if (!after.every((value) => value >= 0 && value <= 1)) faults.push('it leaves [0, 1]');
  const changes = Array.from(after, (value, at) => Math.abs(value - (before[at] ?? 0)));
  if (Math.max(...changes) < 1 / 255) faults.push('it changes nothing');
  for (let index = 0; index < (images.dims[0] ?? 0); index++) {
    const [single, inBatch] = [await staged(definition, params, alone(images, index)), alone(result, index)];
    const apart = floatsOf(single).reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (floatsOf(inBatch)[at] ?? 0))),
      0,
    );
    // Sums may be taken in another order.
    if (!(apart < 1e-5)) faults.push(`example ${index} depends on the batch`);
  }
  return faults;
}
