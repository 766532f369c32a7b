import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../../../core/base/safetensors.ts';
import { floatsOf } from '../../../core/base/tensor.ts';
import { prepareTraining, trainingData } from '../../../core/engine/training/prepare.ts';
import { type Trained, runTraining } from '../../../core/engine/training/run.ts';
import { type TrainingEvent, trainingEventSchema } from '../../../core/protocol/training.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { trainingConfigFrom } from '../../../core/training/config.ts';
import { writeNpz } from '../../training/npz.ts';
import { stripes } from '../../training/stripes.ts';

const runtime = new Runtime();
const root = mkdtempSync(join(tmpdir(), 'loupe-training-'));
afterAll(async () => {
  rmSync(root, { recursive: true });
  await runtime.dispose();
});

const data = join(root, 'stripes.npz');
writeNpz(data, stripes(44));
let out = '';
beforeEach(() => {
  out = mkdtempSync(join(root, 'out-'));
});

const configOf = (more: Readonly<Record<string, unknown>> = {}) =>
  trainingConfigFrom(
    {
      architecture: { id: 'mlp', params: { hidden: [6], dropout: 0.2 } },
      data: { id: 'npz', path: data },
      augmentation: { crop: 1 },
      averageDecay: 0.5,
      learningRate: 0.05,
      epochs: 3,
      batchSize: 8,
      validation: 0.25,
      healthEvery: 2,
      ...more,
    },
    'a test',
  );

interface RunOptions {
  readonly folder?: string;
  readonly onEvent?: (event: TrainingEvent) => void;
  readonly checkpointSeconds?: number;
}

const run = async (
  more: Readonly<Record<string, unknown>> = {},
  { folder = out, ...options }: RunOptions = {},
): Promise<Trained> => runTraining({ config: configOf(more), runtime, out: folder, ...options });

const file = (name: string, folder = out): Buffer => readFileSync(join(folder, name));
const logIn = (folder = out): TrainingEvent[] =>
  file('log.jsonl', folder)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => trainingEventSchema.parse(JSON.parse(line)));

/** What a log tells of the training itself, not of clock and interruptions. */
const storyOf = (events: readonly TrainingEvent[]) =>
  events
    .filter(({ kind }) => kind !== 'started' && kind !== 'checkpoint')
    .map((event) => ({ ...event, seconds: 0, examplesPerSecond: 0, secondsLeft: 0 }));

/** Runs and falls over at the event number `at`, as a program that is killed there. */
async function crashAt(at: number, checkpointSeconds: number): Promise<TrainingEvent | undefined> {
  let [count, last]: [number, TrainingEvent | undefined] = [0, undefined];
  const onEvent = (event: TrainingEvent): void => {
    last = event;
    if (count++ === at) throw new Error('crash');
  };
  await expect(run({}, { onEvent, checkpointSeconds })).rejects.toThrow('crash');
  return last;
}

describe('a training in a folder', () => {
  it('leaves a model, checkpoints, configuration, log and curves', async () => {
    const { files, state } = await run();
    expect(readdirSync(out).sort()).toEqual([
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
    expect(files[0]).toBe(join(out, 'model.onnx'));
    expect(trainingConfigFrom(JSON.parse(file('config.json').toString()), 'x')).toEqual(configOf());
    expect(file('curves.csv').toString().trimEnd().split('\n')).toHaveLength(4);
    // The best epoch is exported: its moving average under the parameters' own names.
    const exported = decodeSafetensors(file('model.safetensors'), 'x').tensors;
    const best = decodeSafetensors(file('best.safetensors'), 'x').tensors;
    for (const name of exported.keys()) {
      expect(exported.get(name)?.data).toEqual(best.get(`average.${name}`)?.data);
    }
    expect(exported.size).toBe(4);
    const epochs = logIn().flatMap((event) => (event.kind === 'epoch' ? [event] : []));
    expect(state.epochs.at(-1)?.epoch).toBe(epochs.findLast(({ best: is }) => is)?.epoch);
  });

  it('ends with the same model and the same story, whichever event it falls over at', async () => {
    const undisturbed = join(root, 'undisturbed');
    await run({}, { folder: undisturbed });
    const wanted = { model: file('model.onnx', undisturbed), story: storyOf(logIn(undisturbed)) };
    const kinds = new Set<string>();
    for (const at of [0, 3, 5, 6, 7, 8, 11, 15, 20]) {
      out = mkdtempSync(join(root, 'crashed-'));
      // With a checkpoint at every event, then again with those of epochs only.
      const falls = [
        [at, 0],
        [Math.min(at, 6), 1000],
      ] as const;
      for (const [index, seconds] of falls) kinds.add((await crashAt(index, seconds))?.kind ?? '');
      await run();
      expect({ at, same: file('model.onnx').equals(wanted.model) }).toEqual({ at, same: true });
      expect({ at, story: storyOf(logIn()) }).toEqual({ at, story: wanted.story });
      expect(file('curves.csv')).toEqual(file('curves.csv', undisturbed));
    }
    expect(kinds).toEqual(new Set(['started', 'step', 'health', 'mistakes', 'epoch', 'checkpoint']));
  });

  it('makes the same model again when it is called after its end', async () => {
    await run();
    const before = file('model.onnx');
    rmSync(join(out, 'model.onnx'));
    const kinds: string[] = [];
    await run({}, { onEvent: ({ kind }) => kinds.push(kind) });
    expect(kinds).toEqual(['started', 'ended']);
    expect(file('model.onnx').equals(before)).toBe(true);
  });

  it('exports the last epoch where nothing is held back', async () => {
    const { state } = await run({ validation: 0 });
    expect(state.epochs).toHaveLength(3);
    const exported = decodeSafetensors(file('model.safetensors'), 'x').tensors;
    const last = decodeSafetensors(file('last.safetensors'), 'x').tensors;
    for (const [name, value] of exported) expect(value.data).toEqual(last.get(`average.${name}`)?.data);
  });
});

describe('trainings in a folder', () => {
  it('keeps the best of several initial parameters', async () => {
    const { restart, state } = await run({ restarts: 3, epochs: 2 });
    const ranks = [0, 1, 2].map((index) => {
      const epochs = logIn(join(out, `restart-${index}`)).flatMap((event) =>
        event.kind === 'epoch' ? [event.validation?.accuracy ?? 0] : [],
      );
      return Math.max(...epochs);
    });
    expect(new Set(ranks).size).toBeGreaterThan(1);
    expect(ranks[restart]).toBe(Math.max(...ranks));
    expect(state.epochs.at(-1)?.validation?.accuracy).toBe(ranks[restart]);
    // Another restart on top finds the others done.
    const kinds: string[] = [];
    await run({ restarts: 4, epochs: 2 }, { onEvent: ({ kind }) => kinds.push(kind) });
    expect(kinds.filter((kind) => kind === 'step')).toHaveLength(2 * 4);
  });

  it('begins a new log where there is no checkpoint to go on from', async () => {
    writeFileSync(join(out, 'log.jsonl'), '{"kind":"warning","step":1,"sentence":"of another training"}\n');
    await run();
    expect(logIn()[0]?.kind).toBe('started');
  });
});

describe('a training that does not belong into a folder', () => {
  it('is refused by the field that differs, and nothing is touched', async () => {
    await run();
    const before = readdirSync(out).map((name) => [name, file(name).toString('latin1')]);
    await expect(run({ epochs: 4, clipNorm: 1 })).rejects.toMatchObject({
      code: 'mismatch',
      message: expect.stringContaining(
        'is of another training: epochs was 3 and is 4 now, clipNorm was not given and is 1 now. Give another folder, or the same configuration.',
      ) as string,
    });
    expect(readdirSync(out).map((name) => [name, file(name).toString('latin1')])).toEqual(before);
  });

  it('is not refused for what changes no weight: where the data lies, and how often layers are looked at', async () => {
    await run();
    const moved = join(root, 'moved.npz');
    renameSync(data, moved);
    const kinds: string[] = [];
    const onEvent = ({ kind }: TrainingEvent): number => kinds.push(kind);
    await run({ data: { id: 'npz', path: moved }, healthEvery: 0 }, { onEvent });
    renameSync(moved, data);
    expect(kinds).toEqual(['started', 'ended']);
  });

  it('is refused where the examples are others', async () => {
    await run();
    const other = join(root, 'other.npz');
    writeNpz(other, stripes(44, { seed: 9 }));
    await expect(run({ data: { id: 'npz', path: other } })).rejects.toThrow('examples has changed');
  });
});

describe('a training that goes wrong', () => {
  it('says where the last good checkpoint is, and it holds numbers', async () => {
    const wild = {
      learningRate: 1000,
      clipNorm: undefined,
      optimizer: { id: 'sgd', params: { weightDecay: 9 } },
    };
    await expect(run({ ...wild, epochs: 60 })).rejects.toMatchObject({
      code: 'nonFinite',
      message: expect.stringContaining(`The last good checkpoint is in ${out}.`) as string,
    });
    const { tensors } = decodeSafetensors(file('last.safetensors'), 'x');
    for (const value of tensors.values()) expect(floatsOf(value).every(Number.isFinite)).toBe(true);
  });

  it('is refused before any data is read where it names what there is not', async () => {
    const nowhere = { data: { id: 'npz', path: join(root, 'nowhere.npz') } };
    await expect(run({ ...nowhere, optimizer: { id: 'sdg' } })).rejects.toThrow(
      'There is no optimizer "sdg".',
    );
    await expect(run({ ...nowhere, architecture: { id: 'lenet6' } })).rejects.toThrow(
      'Did you mean "lenet5"',
    );
    await expect(run(nowhere)).rejects.toThrow('nowhere.npz');
  });
});

describe('the initial parameters', () => {
  it('are drawn as the configuration says', async () => {
    const initialization = {
      linear: { kind: 'constant', value: 0.25 },
      bias: { kind: 'constant', value: -1 },
    };
    const config = configOf({ initialization });
    const { setup } = prepareTraining(config, await trainingData(config, {}), 1);
    const { graph, parameters } = setup.problem.trainable;
    expect(parameters.entries).toHaveLength(4);
    for (const { name } of parameters.entries) {
      const wanted = name.endsWith('bias') ? -1 : 0.25;
      expect(new Set(graph.constants.get(name)?.data as Float32Array)).toEqual(new Set([wanted]));
    }
  });
});
