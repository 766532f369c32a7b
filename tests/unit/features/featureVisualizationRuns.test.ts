import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { float32, floatsOf } from '../../../core/base/tensor.ts';
import { featureVisualization } from '../../../core/features/featureVisualization.ts';
import { int } from '../../../core/graph/ir.ts';
import { openModel } from '../../../core/model/model.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import type { InputCard } from '../../../core/protocol/card.ts';
import type { Result } from '../../../core/protocol/results.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { rawInput, simpleNet } from '../../conformance/simpleNets.ts';
import { channelQuality } from '../../conformance/visualizationQuality.ts';
import { convNetFeatures } from '../../reference/convNet.ts';
import { likeness } from '../../reference/visualization.ts';
import { rawCard } from '../../rawCard.ts';
import { sharedFile } from '../../shared.ts';
import { greatestDifference } from './closeness.ts';
import { type MethodQuestion, cellsOf, gridOf, runMethod } from './pictures.ts';
import { model } from './visualizationCases.ts';

const usual = { layer: 'late', size: 16, steps: 6 };

const visualize = async ({ params, ...more }: Omit<MethodQuestion, 'model'>) =>
  runMethod(featureVisualization, { model, ...more, params: { ...usual, ...params } });

const notesOf = (results: readonly Result[]): string => results.flatMap(({ notes }) => notes ?? []).join(' ');

describe('the pictures of a run', () => {
  it('are the same for the same seed and others for another', async () => {
    const made = async (seed: number) =>
      cellsOf((await visualize({ seed, params: { channels: '0,1' } })).results);
    expect(await made(3)).toEqual(await made(3));
    expect(await made(3)).not.toEqual(await made(4));
  });

  it('do not depend on what else is made', async () => {
    const { results } = await visualize({ params: { channels: '0-3' } });
    const [alone] = (await visualize({ params: { channels: '2' } })).results;
    if (alone?.type !== 'image') throw new Error('Expected one picture.');
    const among = cellsOf(results)[2];
    expect(among?.caption[0]).toBe('channel 2');
    expect(
      greatestDifference(floatsOf(alone.image), among === undefined ? [] : floatsOf(among.image)),
    ).toBeLessThan(1e-6);
  });

  it('do not depend on how many of them memory holds at once', async () => {
    const params = { channels: '0-3' };
    const [roomy, narrow] = [await visualize({ params }), await visualize({ params, memoryBytes: 1 })];
    const values = ({ results }: typeof roomy): number[] =>
      cellsOf(results).flatMap(({ image }) => [...floatsOf(image)]);
    expect(greatestDifference(values(roomy), values(narrow))).toBeLessThan(1e-6);
    // One batch of four pictures, and four of one.
    expect(roomy.progress.at(-1)).toMatchObject({ done: 6, total: 6, what: 'channel 0 to channel 3' });
    expect(narrow.progress.at(-1)).toMatchObject({ done: 24, total: 24, what: 'channel 3' });
  });

  it('of one objective become different from each other by their diversity, which alone they do not', async () => {
    const alike = async (diversity: number): Promise<number> => {
      const free = { parameterization: 'pixel', transforms: false, learningRate: 0.3, steps: 80 };
      const { results } = await visualize({ params: { ...free, channels: '1', count: 2, diversity } });
      const maps = cellsOf(results).map(
        ({ image }) => convNetFeatures({ ...gridOf(image), dims: [1, ...image.dims] }).late,
      );
      return likeness(maps)[0] ?? NaN;
    };
    expect(await alike(0)).toBeGreaterThan(0.99);
    expect(await alike(20)).toBeLessThan(0.6);
  });
});

describe('a picture for a network that sees grey', () => {
  it('is grey, and ends at the bounds that the weights point to', async () => {
    const weights = [1, -2, 0.5, -1, 3, -0.25, 2, -1, 1];
    const b = newBuilder();
    b.input('input', { type: 'float32', shape: [1, 1, 3, 3] });
    const matrix = b.constant(float32(weights, [9, 1]));
    const row = b.add('Flatten', ['input'], { axis: int(1) });
    const graph = b.build([b.add('Gemm', [row, matrix], {}, { name: 'logits' })]);
    const card: InputCard = { ...rawCard(3), channels: 1, colourOrder: 'grey', mean: [0], std: [1] };
    const { results } = await runMethod(featureVisualization, {
      model: modelInMemory(graph, card),
      target: { kind: 'class', class: 0, of: 'logit' },
      params: { parameterization: 'pixel', transforms: false, learningRate: 0.1, steps: 300 },
    });
    const [result] = results;
    if (result?.type !== 'image') throw new Error('Expected one picture.');
    expect(result.image.dims).toEqual([1, 3, 3]);
    const bounds = weights.map((weight) => Number(weight > 0));
    expect(greatestDifference(floatsOf(result.image), bounds)).toBeLessThan(0.02);
  });
});

describe('progress', () => {
  it('counts the steps and looks at the pictures on the way: what fewer steps would have given', async () => {
    const params = { channels: '1', steps: 16 };
    const { progress } = await visualize({ params });
    expect(progress.map(({ done }) => done)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
    expect(progress.every(({ total, what }) => total === 16 && what === 'channel 1')).toBe(true);
    const shown = progress.filter(({ preview }) => preview !== undefined).map(({ done }) => done);
    expect(shown).toEqual([2, 4, 6, 8, 10, 12, 14]);
    const [fewer] = (await visualize({ params: { ...params, steps: 4 } })).results;
    expect(progress[3]?.preview).toEqual(fewer);
  });

  it('shows the pictures that are done beside those that are being made', async () => {
    const { progress } = await visualize({ memoryBytes: 1, params: { channels: '0,1', steps: 2 } });
    const previews = progress.flatMap(({ preview }) => (preview === undefined ? [] : [preview]));
    expect(previews.map(({ type }) => type)).toEqual(['image', 'imageGrid']);
    expect(cellsOf([previews[1]]).map(({ caption }) => caption[0])).toEqual(['channel 0', 'channel 1']);
  });
});

describe('notes', () => {
  it('name the channels that no picture activates, and no others', async () => {
    const { results } = await visualize({ params: { layer: 'early', channels: '0,3' } });
    expect(notesOf(results)).toContain('never became positive for channel 3:');
    expect(notesOf((await visualize({ params: { layer: 'early', channels: '0' } })).results)).toBe('');
  });

  it('say where a network takes its own size only', async () => {
    const dense = modelInMemory(simpleNet('linear'), rawInput);
    const { results } = await runMethod(featureVisualization, {
      model: dense,
      params: { ...usual, layer: 'logits', channels: '1' },
    });
    expect(notesOf(results)).toBe(
      'The network up to logits works at its own size only, so the pictures have 5x6 pixels instead of 16x16.',
    );
    expect(results[0]?.type === 'image' && results[0].image.dims).toEqual([3, 6, 5]);
  });
});

describe('a visualization is refused', () => {
  it.each<readonly [string, Omit<MethodQuestion, 'model'>, string]>([
    [
      'of an unknown layer',
      { params: { layer: 'lat', channels: '0' } },
      'There is no layer "lat". Did you mean "late"?',
    ],
    [
      'of channels beyond the last',
      { params: { channels: '0-6' } },
      'Expected channels from 0 to 5, such as 0-15,30 or all, for layer "late" but received "0-6".',
    ],
    ['of channels that run backwards', { params: { channels: '4-2' } }, 'received "4-2"'],
    ['of what is no channel', { params: { channels: '1,x' } }, 'received "x"'],
    ['of nothing', {}, 'There is nothing to maximise. Name channels of a layer'],
    [
      'of a class that the network does not have',
      { target: { kind: 'class', class: 5, of: 'logit' } },
      'Expected a class from 0 to 4 for what a picture is made for but received 5.',
    ],
    [
      'of the top class',
      { target: { kind: 'class', class: 'top', of: 'logit' } },
      'received top, which only an image has',
    ],
    [
      'of a direction of another length',
      { target: { kind: 'direction', layer: 'late', vector: [1, 2] } },
      'Expected 6 numbers, one a channel, for a direction of layer "late" but received 2.',
    ],
    [
      'of a unit outside of its map',
      { target: { kind: 'unit', layer: 'late', channel: 0, row: 5, column: 0 } },
      'Expected an index from 0 to 4 for the row of layer "late" but received 5.',
    ],
    [
      'of a size that is no parameter',
      { params: { channels: '0', size: 8 } },
      'The parameter size of featureVisualization is not valid',
    ],
  ])('%s', async (_, question, sentence) => {
    await expect(visualize(question)).rejects.toThrow(sentence);
  });

  it('where the objective is no number', async () => {
    const steep = modelInMemory(simpleNet('quadratic'), { ...rawInput, range: [0, 1e30] });
    const target = { kind: 'class', class: 0, of: 'logit' } as const;
    await expect(runMethod(featureVisualization, { model: steep, target })).rejects.toThrow(
      'The objective or its gradient became infinite or no number. Choose a smaller learning rate',
    );
  });
});

const squeezenet = sharedFile('models/squeezenet1_1.onnx');
const folder = sharedFile('images/imagenet');
const runtime = new Runtime();

afterAll(async () => {
  await runtime.dispose();
});

describe.skipIf(squeezenet === undefined || folder === undefined)('on SqueezeNet', () => {
  it('the pictures of four channels of a late layer, seen as never in training, activate them five times as much as the best of ten photographs', async () => {
    const names = readdirSync(folder ?? '').slice(0, 10);
    const found = await channelQuality({
      model: await openModel(squeezenet ?? ''),
      runtime,
      layer: 'features.9',
      channels: [10, 20, 30, 40],
      photographs: names.map((name) => path.join(folder ?? '', name)),
      params: { steps: 64 },
      transforms: 4,
    });
    expect(found).toHaveLength(4);
    for (const { own, unseen, photograph } of found) {
      expect(photograph).toBeGreaterThan(0);
      expect(unseen).toBeGreaterThan(5 * photograph);
      expect(own).toBeGreaterThan(5 * photograph);
    }
  });
});
