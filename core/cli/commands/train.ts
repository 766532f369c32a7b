import type { Command } from 'commander';
import { LoupeError, messageOf } from '../../base/errors.ts';
import { readBytes } from '../../base/files.ts';
import { runTraining } from '../../engine/training/run.ts';
import type { TrainingEvent } from '../../protocol/training.ts';
import { type TrainingConfig, trainingConfigFrom } from '../../training/config.ts';
import { choiceFrom, dataFrom, valueOf, valuesFrom } from '../choiceFlag.ts';
import type { CommandContext, CommandModule } from '../command.ts';
import { reportData } from '../dataProgress.ts';
import { integerFrom } from '../options.ts';
import { type RuntimeFlags, addRuntimeFlags, withRuntime } from '../runtimeFlags.ts';
import { formatPercent } from '../table.ts';

interface TrainFlags extends RuntimeFlags {
  readonly arch?: string;
  readonly data?: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: string;
  readonly optimizer?: string;
  readonly schedule?: string;
  readonly loss?: string;
  readonly augment?: string;
  readonly adversarial?: string;
  readonly seed?: number;
  readonly set: readonly string[];
  readonly out: string;
}

export const train: CommandModule = {
  configure(command, context) {
    command
      .argument('[config]', 'a training as JSON; flags come on top of it')
      .option('--arch <architecture>', 'ID or ID:NAME=VALUE,… (docs/architectures.md)')
      .option('--data <set>', 'ID:PATH or ID:PATH?NAME=VALUE,… (docs/training.md)')
      .option('--epochs <n>', 'passes through the examples', integerFrom(1))
      .option('--batch-size <n>', 'examples of one step', integerFrom(1))
      .option('--learning-rate <rate>', 'before the schedule')
      .option('--optimizer <optimizer>', 'ID:NAME=VALUE,…: sgd, rmsprop, adam, adamW, lbfgs')
      .option('--schedule <schedule>', 'ID:NAME=VALUE,…: constant, staircase, cosine, oneCycle, plateau')
      .option('--loss <loss>', 'ID:NAME=VALUE,…: crossEntropy, meanSquaredError, binaryCrossEntropy')
      .option('--augment <changes>', 'NAME=VALUE,…: crop, flip, rotation, scale, brightness, cutout, mixup …')
      .option('--adversarial <attack>', 'NAME=VALUE,…: epsilon, steps, stepSize, randomStart')
      .option('--seed <number>', 'of everything random', integerFrom(0))
      .option('--set <field>', 'any other field, as FIELD=VALUE; repeat it for several', gather, [])
      .option(
        '--out <folder>',
        'checkpoints, log, curves and the model; goes on where it was interrupted',
        'out-train',
      );
    addRuntimeFlags(command);
    command.action(async (file: string | undefined) => {
      await trainWith(file, command, context);
    });
  },
};

const gather = (text: string, before: readonly string[]): readonly string[] => [...before, text];

async function trainWith(file: string | undefined, command: Command, context: CommandContext): Promise<void> {
  const flags = command.opts<TrainFlags>();
  const config = trainingConfigFrom(
    { ...(await configFile(file)), ...fieldsOf(flags) },
    file ?? 'the training',
  );
  await withRuntime(flags, context, async (runtime) => {
    let begun = false;
    const { files, state, restart } = await runTraining({
      config,
      runtime,
      out: flags.out,
      onEvent(event) {
        begun = true;
        tell(event, config, context);
      },
      ...reportData(context),
    }).catch((error: unknown) => {
      if (begun && context.signal.aborted) context.note(`the same command goes on from ${flags.out}`);
      throw error;
    });
    context.progress.done();
    if (config.restarts > 1) context.print(`restart ${restart} was the best`);
    const exported = state.epochs.at(-1);
    if (exported === undefined) return;
    const { epoch, validation, training } = exported;
    context.print(`${files[0] ?? flags.out}: epoch ${epoch}, ${scoreText(validation ?? training)}`);
  });
}

async function configFile(file: string | undefined): Promise<Record<string, unknown>> {
  if (file === undefined) return {};
  const text = new TextDecoder().decode(await readBytes(file, 'training'));
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === 'object' && read !== null) return { ...read };
    throw new Error('it is no object');
  } catch (error) {
    throw new LoupeError('badFile', `The training ${file} is not valid JSON: ${messageOf(error)}.`);
  }
}

/** The fields that flags give. */
function fieldsOf(flags: TrainFlags): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const put = (name: string, value: unknown): void => {
    if (value !== undefined) fields[name] = value;
  };
  const map = <T>(text: string | undefined, read: (given: string) => T): T | undefined =>
    text === undefined ? undefined : read(text);
  put('architecture', map(flags.arch, choiceFrom));
  put('data', map(flags.data, dataFrom));
  put('epochs', flags.epochs);
  put('batchSize', flags.batchSize);
  put('learningRate', map(flags.learningRate, valueOf));
  put('optimizer', map(flags.optimizer, choiceFrom));
  put('schedule', map(flags.schedule, choiceFrom));
  put('loss', map(flags.loss, choiceFrom));
  put(
    'augmentation',
    map(flags.augment, (text) => valuesFrom(text, '--augment')),
  );
  put(
    'adversarial',
    map(flags.adversarial, (text) => valuesFrom(text, '--adversarial')),
  );
  put('seed', flags.seed);
  for (const text of flags.set) {
    const [name = '', ...value] = text.split('=');
    if (value.length === 0)
      throw new LoupeError('badArgument', `Expected FIELD=VALUE for --set but received "${text}".`);
    fields[name] = valueOf(value.join('='));
  }
  return fields;
}

function tell(event: TrainingEvent, { epochs }: TrainingConfig, context: CommandContext): void {
  const { progress, print, note } = context;
  switch (event.kind) {
    case 'started':
      if (event.resumedAt > 0) note(`goes on after step ${event.resumedAt}`);
      note(`${event.parameters} parameters, ${event.epochs} epochs of ${event.stepsPerEpoch} steps`);
      return;
    case 'step':
      progress.report(
        `epoch ${Math.ceil(event.epoch)} of ${epochs}, loss ${event.loss.toFixed(4)}, ${Math.round(event.examplesPerSecond)} examples/s, ${duration(event.secondsLeft)} left`,
        event.epoch / epochs,
      );
      return;
    case 'epoch':
      progress.done();
      print(epochLine(event));
      return;
    case 'warning':
      note(`warning: ${event.sentence}`);
      return;
    case 'ended':
      if (event.reason === 'stoppedEarly') note('stopped early: no better result for long enough');
      return;
    default:
  }
}

function epochLine(event: Extract<TrainingEvent, { kind: 'epoch' }>): string {
  const { epoch, training, validation, robustAccuracy, best, seconds } = event;
  const parts = [
    `epoch ${String(epoch).padStart(3)}`,
    `training ${scoreText(training)}`,
    ...(validation === undefined ? [] : [`validation ${scoreText(validation)}`]),
    ...(robustAccuracy === undefined ? [] : [`under PGD ${formatPercent(robustAccuracy)}`]),
    `${seconds.toFixed(1)} s${best ? ' *' : ''}`,
  ];
  return parts.join(' · ');
}

const scoreText = ({ loss, accuracy }: { loss: number; accuracy?: number | undefined }): string =>
  `loss ${loss.toFixed(4)}${accuracy === undefined ? '' : `, ${formatPercent(accuracy)}`}`;

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.round(whole / 60)} min`;
  return `${(whole / 3600).toFixed(1)} h`;
}
