import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { float32 } from '../../../core/base/tensor.ts';
import { MethodContext, drain } from '../../../core/method/context.ts';
import { requestOf } from '../../../core/method/define.ts';
import { robustness } from '../../../core/metrics/robustness.ts';
import { openModel } from '../../../core/model/model.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { sharedFile } from '../../shared.ts';
import { labelledPictures } from './labelledPictures.ts';

const model = sharedFile('models/robust_mnist.onnx');
const pictures = sharedFile('datasets/mnist/t10k-images-idx3-ubyte.gz');
const labels = sharedFile('datasets/mnist/t10k-labels-idx1-ubyte.gz');
const count = 500;

describe('the robust MNIST network of convex_adversarial', () => {
  // 98.2 % clean; PGD-20 in L∞ on the first 500 test pictures: 95.6 % at ε = 0.1 and 0 % at 0.3, by other code.
  it.skipIf(model === undefined || pictures === undefined || labels === undefined)(
    'has the robust accuracy that is known of it, and no sign of masked gradients',
    async () => {
      // IDX files: 16 and 8 bytes of header.
      const pixels = gunzipSync(readFileSync(pictures ?? '')).subarray(16, 16 + count * 784);
      const classes = [...gunzipSync(readFileSync(labels ?? '')).subarray(8, 8 + count)];
      const images = float32(
        Float32Array.from(pixels, (level) => level / 255),
        [count, 1, 28, 28],
      );
      const runtime = new Runtime();
      try {
        const context = new MethodContext({ model: await openModel(model ?? ''), runtime });
        const run = { context, images: labelledPictures(images, classes) };
        const { params } = requestOf(robustness, { attacks: ['pgd'], epsilons: [0, 0.1, 0.3] });
        const [curve] = await drain(robustness.run(run, params));
        if (curve?.type !== 'curve') expect.fail('no curve');
        const [clean, small, large] = curve.series.at(-1)?.y ?? [];
        expect(clean).toBe(0.982);
        expect(Math.abs((small ?? 0) - 0.956)).toBeLessThanOrEqual(2 / count);
        expect(large).toBe(0);
        expect(curve.facts).toContainEqual({ label: 'Signs of masked gradients', value: 0 });
      } finally {
        await runtime.dispose();
      }
    },
    60_000,
  );
});
