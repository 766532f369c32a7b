import { afterAll, describe, expect, it } from 'vitest';
import { float32, floatsOf } from '../../../core/base/tensor.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { chosen } from '../../../core/training/config.ts';
import * as losses from '../../../core/training/losses/index.ts';
import { drawn, greatestDifference } from '../../training/networks.ts';

const runtime = new Runtime({ cacheBytes: 0 });
afterAll(() => runtime.dispose());

const [batch, outputs] = [3, 4];

async function lossesOf(
  id: string,
  params: Readonly<Record<string, unknown>>,
  logits: Float32Array,
  targets: Float32Array,
): Promise<Float32Array> {
  const choice = chosen(losses, { id, params }, 'loss');
  const b = newBuilder();
  const input = (name: string) => b.input(name, { type: 'float32', shape: [batch, outputs] });
  const output = choice.definition.emit(
    b,
    { logits: input('logits'), targets: input('targets') },
    choice.params,
  );
  expect(b.shapeOf(output)).toEqual([batch]);
  const program = await runtime.compile(b.build([output]));
  const shape = [batch, outputs];
  const result = await program.run({ logits: float32(logits, shape), targets: float32(targets, shape) });
  return floatsOf(outputOf(result, output));
}

const rowsOf = (values: Float32Array): number[][] =>
  Array.from({ length: batch }, (_, row) => [...values.subarray(row * outputs, (row + 1) * outputs)]);

/** −Σ_k t_k log softmax(z)_k in double precision. */
function crossEntropyOf(logits: readonly number[], targets: readonly number[]): number {
  const greatest = Math.max(...logits);
  const logSum = greatest + Math.log(logits.reduce((sum, z) => sum + Math.exp(z - greatest), 0));
  return -targets.reduce((sum, t, k) => sum + t * ((logits[k] ?? 0) - logSum), 0);
}

const logits = drawn(batch * outputs, 4, 2);
// One-hot, a mixture of two classes, and one-hot again.
const classes = Float32Array.of(0, 1, 0, 0, 0.3, 0, 0.7, 0, 0, 0, 0, 1);
const numbers = drawn(batch * outputs, 9);

describe('a loss', () => {
  it.each([0, 0.1, 0.5])(
    'crossEntropy is −Σ t log softmax(z), with a share of %d spread over all classes',
    async (labelSmoothing) => {
      const found = await lossesOf('crossEntropy', { labelSmoothing }, logits, classes);
      const wanted = rowsOf(logits).map((row, index) => {
        const targets = (rowsOf(classes)[index] ?? []).map(
          (t) => (1 - labelSmoothing) * t + labelSmoothing / outputs,
        );
        return crossEntropyOf(row, targets);
      });
      expect(greatestDifference(found, wanted)).toBeLessThan(1e-5);
    },
  );

  it('crossEntropy stays exact where exponentials overflow', async () => {
    const far = Float32Array.of(500, -500, 0, 0, 0, 0, 0, 0, 1e4, 0, 0, 9e3);
    const found = await lossesOf('crossEntropy', {}, far, classes);
    expect([...found]).toEqual([1000, Math.fround(Math.log(4)), 1000]);
  });

  it('meanSquaredError is the mean of (z − t)² over the outputs', async () => {
    const found = await lossesOf('meanSquaredError', {}, logits, numbers);
    const wanted = rowsOf(logits).map((row, index) =>
      row.reduce((sum, z, k) => sum + (z - (rowsOf(numbers)[index]?.[k] ?? 0)) ** 2 / outputs, 0),
    );
    expect(greatestDifference(found, wanted)).toBeLessThan(1e-5);
  });

  it('binaryCrossEntropy is −t log σ(z) − (1 − t) log(1 − σ(z)), the mean over the outputs', async () => {
    const found = await lossesOf('binaryCrossEntropy', {}, logits, classes);
    const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
    const wanted = rowsOf(logits).map((row, index) =>
      row.reduce((sum, z, k) => {
        const t = rowsOf(classes)[index]?.[k] ?? 0;
        return sum - (t * Math.log(sigmoid(z)) + (1 - t) * Math.log(sigmoid(-z))) / outputs;
      }, 0),
    );
    expect(greatestDifference(found, wanted)).toBeLessThan(1e-5);
  });

  it('binaryCrossEntropy stays exact where a logistic function is 0 or 1', async () => {
    const far = Float32Array.of(200, -200, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100);
    const found = await lossesOf('binaryCrossEntropy', {}, far, classes);
    const half = Math.log(2) / 4;
    // 200 for the class that is not there and 200 for the one that is; then log 2 for each output at 0.
    expect(greatestDifference(found, [100 + 2 * half, 4 * half, 3 * half])).toBeLessThan(1e-5);
  });
});
