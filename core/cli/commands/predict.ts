import path from 'node:path';
import { type Prediction, predictImages } from '../../engine/predict.ts';
import { type Model, openModel } from '../../model/model.ts';
import type { DeviceChoice } from '../../runtime/device.ts';
import { Runtime } from '../../runtime/runtime.ts';
import type { CommandContext, CommandModule } from '../command.ts';
import { cardOption, deviceOption, integerFrom, jsonOption, threadsOption } from '../options.ts';
import { formatPercent, formatTable } from '../table.ts';

interface PredictOptions {
  readonly top: number;
  readonly device: DeviceChoice;
  readonly threads: number;
  readonly json?: boolean;
  readonly card?: string;
}

export const command: CommandModule = {
  configure(command, context) {
    command
      .argument('<model>', 'an ONNX file')
      .argument('<image...>', 'pictures')
      .option('-k, --top <n>', 'classes to print, the likeliest first', integerFrom(1), 5)
      .addOption(deviceOption())
      .addOption(threadsOption())
      .addOption(cardOption())
      .addOption(jsonOption())
      .action((file: string, images: string[], options: PredictOptions) =>
        predict(file, images, options, context),
      );
  },
};

async function predict(
  file: string,
  images: readonly string[],
  options: PredictOptions,
  context: CommandContext,
): Promise<void> {
  const model = await openModel(file, options.card);
  noteGuesses(model, context);
  const runtime = new Runtime({ device: options.device, threads: options.threads });
  const found: Prediction[] = [];
  try {
    const { signal, progress } = context;
    const onProgress = (what: string, share: number): void => progress.report(what, share);
    for await (const prediction of predictImages({
      model,
      runtime,
      images,
      top: options.top,
      signal,
      onProgress,
    })) {
      for (const note of prediction.notes) context.note(note);
      if (prediction.nonFinite > 0)
        context.note(`${prediction.path}: ${prediction.nonFinite} logits are no finite numbers.`);
      if (options.json === true) found.push(prediction);
      else for (const line of describe(prediction)) context.print(line);
    }
    for (const fallback of runtime.report.fallbacks) context.note(fallback);
    if (options.json === true) context.print(toJson(model, runtime, found));
  } finally {
    await runtime.dispose();
  }
}

/** Says what was supposed about the model, in one line. */
function noteGuesses({ guesses }: Model, context: CommandContext): void {
  if (guesses.length === 0) return;
  const listed = guesses.map(({ field, value }) => `${field} ${value}`).join(', ');
  context.note(`Guessed: ${listed} ("loupe info" says why).`);
}

function describe({ path: file, top }: Prediction): string[] {
  const rows = top.map(({ index, label, logit, probability }) => [
    `  ${formatPercent(probability).padStart(7)}`,
    label,
    `class ${index}`,
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
