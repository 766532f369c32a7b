import { type Command, Option } from 'commander';
import { type DataEvaluation, type Share, evaluateData } from '../../engine/evaluateData.ts';
import { methodFor, methodsOf } from '../../engine/catalogue.ts';
import { loadDataSet } from '../../data/sets/registry.ts';
import { subset } from '../../data/dataSet.ts';
import { type Split, splits } from '../../data/sets/define.ts';
import { labelOf, openModel } from '../../model/model.ts';
import { dataFrom } from '../choiceFlag.ts';
import type { CommandContext, CommandModule } from '../command.ts';
import { reportData } from '../dataProgress.ts';
import { addMethodFlags, requestsFrom } from '../methodFlags.ts';
import { noteGuesses } from '../notes.ts';
import { cardOption, integerFrom, jsonOption } from '../options.ts';
import { type RuntimeFlags, addRuntimeFlags, withRuntime } from '../runtimeFlags.ts';
import { formatPercent } from '../table.ts';

interface EvalFlags extends RuntimeFlags {
  readonly data: string;
  readonly split: Split;
  readonly most?: number;
  readonly method?: string;
  readonly attacked: number;
  readonly seed: number;
  readonly card?: string;
  readonly json?: boolean;
  readonly [parameter: string]: unknown;
}

const attacks = methodsOf('attack');

export const evaluate: CommandModule = {
  configure(command, context) {
    command
      .argument('<model>', 'an ONNX file')
      .requiredOption('--data <set>', 'ID:PATH or ID:PATH?NAME=VALUE,…')
      .addOption(new Option('--split <part>', 'the part of the set').choices(splits).default('test'))
      .option('--most <n>', 'only so many examples, spread over the part', integerFrom(1))
      .option('--method <ids>', 'attacks under which it is measured as well, separated by commas')
      .option('--attacked <n>', 'examples that are attacked, spread over the part', integerFrom(1), 1000)
      .option('--seed <number>', 'seed of all random numbers', integerFrom(0), 0)
      .addOption(cardOption())
      .addOption(jsonOption());
    addMethodFlags(command, attacks);
    addRuntimeFlags(command);
    command.action(async (modelPath: string) => {
      await evaluateOn(modelPath, command, context);
    });
  },
};

async function evaluateOn(modelPath: string, command: Command, context: CommandContext): Promise<void> {
  const flags = command.opts<EvalFlags>();
  const find = (id: string) => methodFor('attack', id);
  const requests =
    flags.method === undefined ? [] : requestsFrom({ named: flags.method, known: attacks, find }, flags);
  const model = await openModel(modelPath, flags.card);
  noteGuesses(model, context);
  const { id, ...source } = dataFrom(flags.data);
  const all = await loadDataSet(id, { ...source, split: flags.split, ...reportData(context) });
  const data = flags.most === undefined ? all : subset(all, spread(flags.most, all.labels.length));
  context.progress.done();
  const found = await withRuntime(flags, context, (runtime) =>
    evaluateData({
      model,
      runtime,
      data,
      attacks: requests,
      attacked: flags.attacked,
      seed: flags.seed,
      signal: context.signal,
      onProgress: (what, share) => context.progress.report(what, share),
    }),
  );
  context.progress.done();
  if (flags.json === true) {
    const { path, sha256 } = model;
    const set = { id, split: flags.split, sha256: data.sha256, examples: data.labels.length };
    context.print(
      JSON.stringify({ model: { path, sha256 }, data: set, attacks: requests, ...found }, undefined, 2),
    );
    return;
  }
  for (const line of describe(found, (index) => labelOf(model, index))) context.print(line);
}

/** Sets may be sorted by class, so the first examples would say little. */
const spread = (count: number, length: number): number[] =>
  Array.from({ length: Math.min(count, length) }, (_, at) =>
    Math.floor((at * length) / Math.min(count, length)),
  );

function describe(
  { accuracy, confusion, robust }: DataEvaluation,
  label: (index: number) => string,
): string[] {
  const pairs = confusion
    .flatMap((row, right) => row.map((count, taken) => ({ count, right, taken })))
    .filter(({ count, right, taken }) => right !== taken && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 3)
    .map(({ count, right, taken }) => `${label(right)} for ${label(taken)} ${count} times`);
  return [
    `accuracy ${shareText(accuracy)}`,
    ...robust.map(({ attack, accuracy: share }) => `under ${attack} ${shareText(share)}`),
    ...(pairs.length === 0 ? [] : [`most mistaken: ${pairs.join(', ')}`]),
  ];
}

const shareText = ({ count, of, share, low, high }: Share): string =>
  `${formatPercent(share)} (${count} of ${of}; 95 % interval ${formatPercent(low)} to ${formatPercent(high)})`;
