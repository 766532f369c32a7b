import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type Tensor, floatsOf } from '../../core/base/tensor.ts';
import { fnv1a, globalSeed, goldenInput, uniform } from '../golden/generator.ts';
import { loadGolden, writeGoldenModel } from '../golden/loadGraph.ts';
import { goldenIndex, goldenNames, goldenNumbers, relativeError } from '../golden/numbers.ts';

async function logitsOf(model: Uint8Array, input: Tensor): Promise<Float32Array> {
  // Each model runs once: packing its weights first would take longer than the run.
  const extra = { session: { disable_prepacking: '1' } };
  const session = await InferenceSession.create(model, { logSeverityLevel: 3, extra });
  try {
    const { logits } = await session.run({
      input: new OnnxTensor('float32', floatsOf(input), input.dims),
    });
    const values = logits?.data;
    if (!(values instanceof Float32Array)) throw new Error('the network has no float32 logits');
    return values;
  } finally {
    await session.release();
  }
}

describe('the generator of the golden weights', () => {
  it('has the seed with which the numbers were made', () => {
    expect(globalSeed).toBe(goldenIndex.seed);
  });

  it.each(goldenIndex.draws)(
    'draws the same bits as Python: $name',
    ({ name, length, low, high, ...draw }) => {
      const values = uniform(name, length, low, high);
      expect(fnv1a(new Uint8Array(values.buffer))).toBe(draw.fnv1a);
      expect(Math.min(...values.subarray(0, 1000))).toBeGreaterThanOrEqual(low);
      expect(Math.max(...values.subarray(0, 1000))).toBeLessThan(high);
    },
  );
});

describe('the golden networks', () => {
  it.each(goldenNames)('%s gives the logits of PyTorch to 1e-5 in ONNX Runtime', async (name) => {
    const { input, arrays } = goldenNumbers(name);
    const reference = arrays.get('logits');
    if (reference === undefined) throw new Error(`${name} has no logits`);
    expect(relativeError(await logitsOf(loadGolden(name), input), reference)).toBeLessThan(1e-5);
  });

  it('are the same whether they are made in memory or written to a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'loupe-golden-'));
    try {
      writeGoldenModel('plain', join(folder, 'plain.onnx'), { batch: 3 });
      expect(readFileSync(join(folder, 'plain.onnx'))).toEqual(
        Buffer.from(loadGolden('plain', { batch: 3 })),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('can be given another batch and image size', async () => {
    const model = loadGolden('squeezenet1_1', { batch: 1, size: [40, 64] });
    const logits = await logitsOf(model, goldenInput([0], [1, 3, 40, 64]));
    expect(logits).toHaveLength(1000);
    await expect(logitsOf(model, goldenInput([0, 1], [2, 3, 40, 64]))).rejects.toThrow(
      /index: 0 Got: 2 Expected: 1/,
    );
  });
});
