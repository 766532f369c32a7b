import path from 'node:path';
import { type DataSet, splitDataSet, statisticsOf } from '../../data/dataSet.ts';
import { loadDataSet } from '../../data/sets/registry.ts';
import type { DataProgress } from '../../data/sets/define.ts';
import { type BuiltNetwork, buildNetwork } from '../../nn/buildNetwork.ts';
import { type Initialization, initializerOf } from '../../nn/initialization.ts';
import { expected } from '../../base/errors.ts';
import type { CardFile, InputCard } from '../../protocol/card.ts';
import { type TrainingConfig, chosen } from '../../training/config.ts';
import type { TrainingIdentity } from '../../training/identity.ts';
import * as losses from '../../training/losses/index.ts';
import * as optimizers from '../../training/optimizers/index.ts';
import type { Problem } from '../../training/problem.ts';
import * as schedules from '../../training/schedules/index.ts';
import type { TrainingSetup } from '../../training/setup.ts';
import { trainableOf } from '../../training/trainable.ts';
import { architectureOf } from '../../../models/architectures/registry.ts';
import { imageExamples } from '../../training/imageExamples.ts';

/** A training that is ready to run. */
export interface Prepared {
  readonly built: BuiltNetwork;
  readonly card: CardFile;
  readonly setup: Omit<TrainingSetup, 'runtime' | 'signal' | 'resume'>;
  /** What a checkpoint belongs to. */
  readonly identity: TrainingIdentity;
}

/** The examples of a training. */
export interface TrainingParts {
  readonly training: DataSet;
  /** What is held back, if anything is. */
  readonly validation?: DataSet;
}

export interface DataHooks {
  readonly onProgress?: (progress: DataProgress) => void;
  readonly onNote?: (sentence: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Reads the training examples that a configuration names, and holds a part of them back.
 *
 * @throws LoupeError where it names what there is not, before anything is read.
 */
export async function trainingData(config: TrainingConfig, hooks: DataHooks): Promise<TrainingParts> {
  architectureOf(config.architecture.id);
  choicesOf(config);
  const { id, path: place, params } = config.data;
  const all = await loadDataSet(id, {
    ...hooks,
    ...(place === undefined ? {} : { path: place }),
    params,
    split: 'train',
  });
  const { validation: fraction, seed } = config;
  return fraction === 0 ? { training: all } : splitDataSet(all, { fraction }, seed);
}

const choicesOf = (config: TrainingConfig) => ({
  loss: chosen(losses, config.loss, 'loss'),
  optimizer: chosen(optimizers, config.optimizer, 'optimizer'),
  schedule: chosen(schedules, config.schedule, 'schedule'),
});

/** Builds the network and everything that trains it; `seed` is that of the initial parameters, of the order and of what is drawn. */
export function prepareTraining(
  config: TrainingConfig,
  { training, validation }: TrainingParts,
  seed: number,
): Prepared {
  const built = networkFor(config, training, seed);
  const card = cardFor(config, training, built);
  const input: InputCard = { ...card.input };
  const { loss, optimizer, schedule } = choicesOf(config);
  const problem: Problem = {
    trainable: trainableOf({ ...built, card: input }),
    outputs: built.classes,
    loss,
    optimizer,
    penalties: config.penalties,
    clipNorm: config.clipNorm,
    averageDecay: config.averageDecay,
    decayVectors: config.decayVectors,
  };
  const { learningRate, warmupEpochs, epochs, batchSize, adversarial, patience, healthEvery } = config;
  return {
    built,
    card,
    identity: identityOf(config, seed, training.sha256),
    setup: {
      problem,
      training: imageExamples(training, { seed, augmentation: config.augmentation, outputs: built.classes }),
      validation:
        validation === undefined ? undefined : imageExamples(validation, { seed, outputs: built.classes }),
      schedule,
      learningRate,
      warmupEpochs,
      epochs,
      batchSize,
      seed,
      adversarial,
      patience,
      healthEvery,
    },
  };
}

/**
 * Everything that the weights depend on, the choices with their defaults. Where the data lies, how often layers are looked at and how
 * many other restarts there are does not matter.
 */
function identityOf(config: TrainingConfig, seed: number, examples: string): TrainingIdentity {
  const { data: _data, healthEvery: _health, restarts: _restarts, ...fields } = config;
  const choices = Object.entries(choicesOf(config)).map(([name, { definition, params }]) => [
    name,
    { id: definition.id, params },
  ]);
  return { ...fields, ...(Object.fromEntries(choices) as TrainingIdentity), seed, examples };
}

/** The architecture for the data's pictures and classes, where it has parameters for them. */
function networkFor(
  { architecture, initialization }: TrainingConfig,
  { shape, classes, name }: DataSet,
  seed: number,
): BuiltNetwork {
  const definition = architectureOf(architecture.id);
  const [channels, height, width] = shape;
  const fitting: Readonly<Record<string, number>> = { channels, size: height, classes: classes.length };
  const known = Object.entries(fitting).filter(([key]) => key in definition.params.shape);
  const drawn = Object.entries(initialization).flatMap(([kind, choice]) =>
    choice === undefined ? [] : [[kind, initializerOf(choice)]],
  );
  const built = buildNetwork(
    definition,
    { ...Object.fromEntries(known), ...architecture.params },
    { seed, initialization: Object.fromEntries(drawn) as Partial<Initialization> },
  );
  const { input } = built;
  if (
    input.channels === channels &&
    input.height === height &&
    input.width === width &&
    built.classes === classes.length
  )
    return built;
  throw expected('mismatch', {
    wanted: `pictures of ${input.channels}x${input.height}x${input.width} and ${built.classes} classes`,
    for: `the architecture ${architecture.id}`,
    received: `${channels}x${height}x${width} and ${classes.length} from ${name}`,
    advice: 'Set its parameters, or take another data set.',
  });
}

function cardFor({ architecture, normalise }: TrainingConfig, data: DataSet, { input }: BuiltNetwork) {
  const { mean, std } = normalise ? statisticsOf(data) : plain(input.channels);
  const channels: 1 | 3 = input.channels === 1 ? 1 : 3;
  return {
    name: `${architecture.id} on ${path.basename(data.name)}`,
    input: {
      width: input.width,
      height: input.height,
      channels,
      colourOrder: channels === 1 ? ('grey' as const) : ('RGB' as const),
      layout: 'NCHW' as const,
      resize: { mode: 'stretch' as const },
      range: [0, 1] as [number, number],
      // Enough digits for float32; a card is read by people.
      mean: mean.map(rounded),
      std: std.map((value) => Math.max(1e-3, rounded(value))),
    },
    labels: [...data.classes],
    logits: 'logits',
  };
}

const rounded = (value: number): number => Number(value.toPrecision(6));

const plain = (channels: number) => ({
  mean: new Array<number>(channels).fill(0),
  std: new Array<number>(channels).fill(1),
});
