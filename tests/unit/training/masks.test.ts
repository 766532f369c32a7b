import { afterAll, describe, expect, it } from 'vitest';
import { floatsOf, tensor } from '../../../core/base/tensor.ts';
import { chain, named } from '../../../core/nn/layers/composition.ts';
import { dropout, flatten } from '../../../core/nn/layers/linear.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { emitEvaluation } from '../../../core/training/evaluation.ts';
import type { Mask } from '../../../core/training/forward.ts';
import { drawMasks } from '../../../core/training/masks.ts';
import { names } from '../../../core/training/names.ts';
import { emitGradientStep } from '../../../core/training/step.ts';
import { drawnBatch, initialValues, runGraph, trainableFrom } from '../../training/networks.ts';
import { problemOf } from '../../training/problem.ts';

const runtime = new Runtime({ cacheBytes: 0 });
afterAll(() => runtime.dispose());

const count = 20_000;
const masks: Mask[] = [
  { input: 'mask/a', shape: [100, 200], ratio: 0.3 },
  { input: 'mask/b', shape: [100, 200], ratio: 0.3 },
];
const values = (seed: number, step: number, name = 'mask/a'): Float32Array => {
  const mask = drawMasks(masks, seed, step)[name];
  return mask === undefined ? new Float32Array() : floatsOf(mask);
};

describe('dropout masks', () => {
  it('drop their share and scale what is left by 1/(1 − ratio), so that the mean stays 1', () => {
    const mask = values(1, 0);
    const kept = mask.filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / 0.7)]));
    // Within four standard deviations of the binomial.
    const deviation = Math.sqrt(0.3 * 0.7 * count);
    expect(Math.abs(count - kept.length - 0.3 * count)).toBeLessThan(4 * deviation);
    const mean = mask.reduce((sum, value) => sum + value, 0) / count;
    expect(Math.abs(mean - 1)).toBeLessThan((4 * deviation) / (0.7 * count));
  });

  it('are a function of seed, step and layer', () => {
    expect(values(1, 5)).toEqual(values(1, 5));
    const agreeing = (other: Float32Array): number =>
      values(1, 5).filter((value, at) => value === other[at]).length / count;
    // Independent masks agree with probability 0.7² + 0.3² = 0.58.
    for (const other of [values(2, 5), values(1, 6), values(1, 5, 'mask/b')]) {
      expect(agreeing(other)).toBeCloseTo(0.58, 1);
    }
  });

  it('drop nothing at ratio 0', () => {
    const { mask } = drawMasks([{ input: 'mask', shape: [50], ratio: 0 }], 1, 0);
    expect(new Set(mask?.data as Float32Array)).toEqual(new Set([1]));
  });

  it('multiply the activations in training, and are not there in evaluation', async () => {
    const trainable = trainableFrom(chain(named('drop', dropout(0.25)), flatten), [2, 3, 3]);
    const problem = problemOf(trainable, 18);
    const batch = drawnBatch(trainable, 18, 4);
    const question = { trainable, batch, values: initialValues(trainable) };
    const { graph, masks: needed } = emitGradientStep(problem, 4);
    expect(needed).toEqual([{ input: 'mask/drop', shape: [4, 2, 3, 3], ratio: 0.25 }]);
    const drawn = drawMasks(needed, 3, 7);
    const mask = floatsOf(drawn['mask/drop'] ?? tensor('float32', new Float32Array(), [0]));
    const training = await runGraph(runtime, graph, question, drawn);
    expect(training(names.logits)).toEqual(batch.images.map((pixel, at) => pixel * (mask[at] ?? 0)));
    const evaluation = await runGraph(runtime, emitEvaluation(problem, 4), question);
    expect(evaluation(names.logits)).toEqual(batch.images);
  });
});
