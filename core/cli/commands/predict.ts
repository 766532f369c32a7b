import path from 'node:path';
import { type Prediction, predictImages } from '../../engine/predict.ts';
import { type Model, openModel } from '../../model/model.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { CommandContext, CommandModule } from '../command.ts';
import { noteGuesses } from '../notes.ts';
import { asIsOption, cardOption, integerFrom, jsonOption, withPicturesAsTheyAre } from '../options.ts';
import { type RuntimeFlags, addRuntimeFlags, withRuntime } from '../runtimeFlags.ts';
import { formatPercent, formatTable } from '../table.ts';

interface PredictFlags extends RuntimeFlags {
  readonly top: number;
  readonly json?: boolean;
  readonly card?: string;
  readonly asIs?: boolean;
}

export const predict: CommandModule = {
  configure(command, context) {
    command
      .argument('<model>', 'an ONNX file')
      .argument('<images...>', 'pictures')
      .option('-k, --top <n>', 'classes to print, the likeliest first', integerFrom(1), 5)
      .addOption(asIsOption())
      .addOption(cardOption())
      .addOption(jsonOption());
    addRuntimeFlags(command);
    command.action(async (modelPath: string, images: string[], flags: PredictFlags) => {
      const opened = await openModel(modelPath, flags.card);
      const model = flags.asIs === true ? withPicturesAsTheyAre(opened) : opened;
      noteGuesses(model, context);
      await withRuntime(flags, context, (runtime) => classify(model, runtime, images, flags, context));
    });
  },
};

async function classify(
  model: Model,
  runtime: Runtime,
  images: readonly string[],
  { top, json }: PredictFlags,
  context: CommandContext,
): Promise<void> {
  const found: Prediction[] = [];
  const { signal, progress } = context;
  const onProgress = (what: string, share: number): void => progress.report(what, share);
  for await (const prediction of predictImages({ model, runtime, images, top, signal, onProgress })) {
    for (const note of prediction.notes) context.note(`${prediction.path}: ${note}`);
    if (prediction.nonFinite > 0) {
      context.note(`warning: ${prediction.path}: ${prediction.nonFinite} logits are NaN or infinite.`);
    }
    if (json === true) found.push(prediction);
    else for (const line of describe(prediction)) context.print(line);
  }
  if (json === true) context.print(toJson(model, runtime, found));
}

function describe({ path: file, top }: Prediction): string[] {
  const rows = top.map(({ index, label, logit, probability }) => [
    `  ${formatPercent(probability).padStart(7)}`,
    label,
    label === `class ${index}` ? '' : `class ${index}`,
    `logit ${logit.toFixed(3)}`,
  ]);
  const columns = [{ title: '' }, { title: '' }, { title: '', right: true }, { title: '', right: true }];
  return [path.basename(file), ...formatTable(columns, rows).slice(1)];
}

function toJson(
  { path: file, name, sha256 }: Model,
  runtime: Runtime,
  images: readonly Prediction[],
): string {
  const { device } = runtime.report;
  return JSON.stringify({ model: { path: file, name, sha256 }, device, images }, undefined, 2);
}
