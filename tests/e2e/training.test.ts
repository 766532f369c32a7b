import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { splitDataSet, subset } from '../../core/data/dataSet.ts';
import { encodePng } from '../../core/engine/pictures/png.ts';
import { trainingEventSchema } from '../../core/protocol/training.ts';
import { writeNpz } from '../training/npz.ts';
import { stripes } from '../training/stripes.ts';
import { filesIn, loupe, loupeOk, readNpy, removeFolders, temporaryFolder } from './loupe.ts';

const size = 16;
const set = stripes(100, { size });
// What `--set validation=0.2 --seed 3` holds back.
const { validation } = splitDataSet(set, { fraction: 0.2 }, 3);

const folder = temporaryFolder();
const out = join(folder, 'out');
const data = join(folder, 'stripes.npz');
const model = join(out, 'model.onnx');

const flags = [
  '--data',
  `npz:${data}`,
  '--epochs',
  '6',
  '--batch-size',
  '16',
  '--seed',
  '3',
  '--learning-rate',
  '0.02',
  '--optimizer',
  'adam',
  '--schedule',
  'staircase:at=[0.5,0.9],factor=1/5',
  '--augment',
  'crop=1',
  '--set',
  'validation=0.2',
];
const training = ['train', '--arch', 'mlp:hidden=[16],dropout=0.1', ...flags];

beforeAll(async () => {
  writeNpz(data, set);
  await loupeOk(...training, '--out', out);
});
afterAll(removeFolders);

const events = () =>
  readFileSync(join(out, 'log.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => trainingEventSchema.parse(JSON.parse(line)));
const epochs = () => events().flatMap((event) => (event.kind === 'epoch' ? [event] : []));

describe('loupe train', () => {
  it('leaves a model, its weights, checkpoints, configuration, log and curves', () => {
    expect(filesIn(out)).toEqual([
      'accuracy.png',
      'best.safetensors',
      'config.json',
      'curves.csv',
      'last.safetensors',
      'log.jsonl',
      'loss.png',
      'model.card.json',
      'model.onnx',
      'model.safetensors',
    ]);
    const card: unknown = JSON.parse(readFileSync(join(out, 'model.card.json'), 'utf8'));
    expect(card).toMatchObject({
      name: 'mlp on stripes',
      labels: ['0', '1'],
      input: { width: size, height: size, channels: 1 },
    });
  });

  it('logs every step and epoch', () => {
    const told = events();
    expect(told[0]).toMatchObject({ kind: 'started', epochs: 6, stepsPerEpoch: 5, resumedAt: 0 });
    const steps = told.flatMap((event) => (event.kind === 'step' ? [event.step] : []));
    expect(steps).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
    expect(epochs().map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(told.at(-1)).toMatchObject({ kind: 'ended', reason: 'finished', step: 30 });
    const rates = told.flatMap((event) => (event.kind === 'step' ? [event.learningRate] : []));
    expect([rates[0], rates[15], rates[27]].map((rate) => rate?.toFixed(6))).toEqual([
      '0.020000',
      '0.004000',
      '0.000800',
    ]);
  });

  it('is repeated by its configuration file', async () => {
    const again = join(folder, 'again');
    const { out: printed } = await loupeOk('train', join(out, 'config.json'), '--out', again);
    expect(printed).toMatch(/^epoch +6 · training loss .*validation loss /m);
    expect(readFileSync(join(again, 'model.onnx')).equals(readFileSync(model))).toBe(true);
  });
});

describe('the exported model', () => {
  it('has the accuracy on the held-out examples that the log says', async () => {
    const held = join(folder, 'held.npz');
    writeNpz(held, validation);
    const { out: text } = await loupeOk('eval', model, '--data', `npz:${held}`, '--split', 'train', '--json');
    const share = z.object({ count: z.int(), of: z.int(), share: z.number() });
    const found = z.object({ accuracy: share, confusion: z.array(z.array(z.int())) }).parse(JSON.parse(text));
    const best = epochs().findLast(({ best: is }) => is);
    expect(found.accuracy.of).toBe(20);
    expect(found.accuracy.share).toBe(best?.validation?.accuracy);
    expect(found.accuracy.share).toBeGreaterThan(0.9);
    const mistakes = events().flatMap((event) => (event.kind === 'mistakes' ? [event] : []));
    expect(found.confusion).toEqual(mistakes.find(({ epoch }) => epoch === best?.epoch)?.confusion);
  });

  it('predicts and explains pictures', async () => {
    // Without noise, so that there is no doubt.
    const clean = stripes(2, { size, noise: 0, seed: 4 });
    const pictures: string[] = [];
    for (const index of [0, 1]) {
      const { images } = subset(clean, [index]);
      const rgb = Uint8Array.from({ length: 3 * images.length }, (_, at) => images[Math.floor(at / 3)] ?? 0);
      const picture = join(folder, `${index}.png`);
      writeFileSync(picture, await encodePng({ width: size, height: size, rgb }));
      pictures.push(picture);
    }
    const { out: text } = await loupeOk('predict', model, ...pictures, '--json');
    const top = z.array(z.object({ label: z.string() }));
    const found = z.object({ images: z.array(z.object({ top })) }).parse(JSON.parse(text));
    expect(found.images.map(({ top: [first] }) => first?.label)).toEqual(['0', '1']);
    const explained = join(folder, 'explained');
    await loupeOk('explain', model, pictures[0] ?? '', '--method', 'gradient', '--out', explained);
    const map = filesIn(explained).find((name) => name.endsWith('.npy'));
    expect(readNpy(join(explained, map ?? '')).dims.slice(-2)).toEqual([size, size]);
  });
});

describe('a folder that holds something else', () => {
  it('is refused where the training in it has another configuration', async () => {
    const before = readFileSync(join(out, 'last.safetensors'));
    const { code, err } = await loupe([...training, '--epochs', '7', '--out', out]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^loupe: The checkpoint .*last\.safetensors is of another training: epochs was 6 and is 7 now\. Give another folder, or the same configuration\.$/m,
    );
    expect(readFileSync(join(out, 'last.safetensors')).equals(before)).toBe(true);
  });

  it('is refused where its checkpoint is damaged', async () => {
    const damaged = join(folder, 'again');
    const checkpoint = join(damaged, 'last.safetensors');
    truncateSync(checkpoint, statSync(checkpoint).size - 1);
    const { code, err } = await loupe([...training, '--out', damaged]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^loupe: The weights file .*last\.safetensors is cut off: its tensors need \d+ bytes/m,
    );
  });
});

describe('a training that cannot be', () => {
  it.each<[string, string[], string]>([
    ['no architecture', ['train', '--data', 'shapes'], 'The field architecture is missing in the training.'],
    [
      'an unknown field',
      [...training, '--set', 'epoch=3'],
      'No training has a field "epoch", but the training gives one. Did you mean "epochs"',
    ],
    [
      'a batch that is too large',
      [...training, '--batch-size', '81'],
      'A batch of 81 is larger than the 80 examples to train with. Choose a smaller one.',
    ],
    [
      'pictures of another kind',
      ['train', '--arch', 'mlp:size=28', ...flags],
      'Expected pictures of 1x28x28 and 2 classes for the architecture mlp but received 1x16x16 and 2 from stripes.',
    ],
  ])('is refused with a sentence: %s', async (_, args, sentence) => {
    const { code, err } = await loupe([...args, '--out', join(folder, 'refused')]);
    expect(code).toBe(1);
    expect(err).toContain(`loupe: ${sentence}`);
  });
});
