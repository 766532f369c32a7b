import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { float32 } from '../../../core/base/tensor.ts';
import type { ExplainedTarget } from '../../../core/engine/request.ts';
import { runMethods } from '../../../core/engine/run.ts';
import { usualMemoryBytes } from '../../../core/method/context.ts';
import { type PredictedClass, predictImages } from '../../../core/engine/predict.ts';
import { saveOnnx } from '../../../core/graph/onnx/save.ts';
import { type Model, networkOf, openModel } from '../../../core/model/model.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';

const folder = mkdtempSync(join(tmpdir(), 'loupe-'));
const runtime = new Runtime({ device: 'cpu', threads: 1 });
afterAll(async () => {
  await runtime.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const image = join(import.meta.dirname, '../../../models/bundled/shapes/samples/ring-disc.png');

/** Four mixtures of the mean colour, and `ending` behind them. */
async function model(ending?: string): Promise<Model> {
  const b = newBuilder();
  const x = b.input('x', { type: 'float32', shape: [1, 3, 8, 8] });
  const weights = float32([2, 1, 0, 0, 2, -1, 1, 0, 1, -1, -1, 0.5], [4, 3, 1, 1]);
  const pooled = b.add('GlobalAveragePool', [b.add('Conv', [x, b.setConstant('w', weights)])]);
  const logits = b.add('Flatten', [pooled]);
  const path = join(folder, `${ending ?? 'logits'}.onnx`);
  saveOnnx(b.build([ending === undefined ? logits : b.add(ending, [logits])]), path);
  return openModel(path);
}

async function predicted(opened: Model): Promise<readonly PredictedClass[]> {
  for await (const { top } of predictImages({ model: opened, runtime, images: [image], top: 4 })) return top;
  return [];
}

async function explained(opened: Model, target: number): Promise<ExplainedTarget | undefined> {
  const findings = runMethods({
    command: 'explain',
    model: opened,
    runtime,
    methods: [{ id: 'gradient', params: { channels: 'abs' } }],
    target: { kind: 'class', class: target, of: 'logit' },
    images: [{ path: image }],
    references: {},
    defences: [],
    seed: 0,
    memoryBytes: usualMemoryBytes,
  });
  for await (const { explained: found } of findings) return found;
  return undefined;
}

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

describe('probabilities', () => {
  it('are independent, in predictions and explanations alike, where the file ends in Sigmoid', async () => {
    const opened = await model('Sigmoid');
    const top = await predicted(opened);
    expect(top).toHaveLength(4);
    for (const { index, logit, probability } of top) {
      expect(probability).toBeCloseTo(sigmoid(logit), 6);
      const found = await explained(opened, index);
      expect(found?.logit).toBeCloseTo(logit, 5);
      expect(found?.probability).toBeCloseTo(probability, 6);
    }
  });

  it.each(['Softmax', 'LogSoftmax', undefined])('sum to 1 behind %s', async (ending) => {
    const opened = await model(ending);
    const top = await predicted(opened);
    expect(top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    for (const { index, probability } of top) {
      expect((await explained(opened, index))?.probability).toBeCloseTo(probability, 6);
    }
  });

  it('are independent too where a card names the probabilities or the logits', async () => {
    const opened = await model('Sigmoid');
    const outputs = [opened.graph.outputs[0] ?? '', opened.card.logits];
    expect(new Set(outputs).size).toBe(2);
    for (const logits of outputs) {
      expect(networkOf({ ...opened, card: { ...opened.card, logits } }).activation).toBe('Sigmoid');
    }
  });
});
