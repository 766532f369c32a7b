// Trains a network of the box again: npx tsx scripts/makeBundled.ts NAME [--data PATH] [--out FOLDER] [--threads 1]
//
// Reads models/bundled/NAME/training.json, trains in FOLDER (out-NAME; goes on where it was interrupted), measures the network on the
// sets named there, and writes model, card, curves and log beside the configuration.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { loadDataSet } from '../core/data/sets/registry.ts';
import { evaluateData } from '../core/engine/evaluateData.ts';
import { runTraining } from '../core/engine/training/run.ts';
import { requestOf } from '../core/method/define.ts';
import { attackOf } from '../core/attacks/registry.ts';
import { openModel } from '../core/model/model.ts';
import { cardFileSchema } from '../core/protocol/card.ts';
import { trainingEventSchema } from '../core/protocol/training.ts';
import { Runtime } from '../core/runtime/runtime.ts';
import { trainingConfigFrom } from '../core/training/config.ts';

const recipeSchema = z.strictObject({
  title: z.string(),
  /** What there is to know about it. */
  about: z.string(),
  licence: z.string().default('MIT'),
  training: z.looseObject({ data: z.looseObject({}) }),
  /** Where it is measured. */
  measured: z.array(
    z.strictObject({
      on: z.string(),
      data: z.strictObject({
        id: z.string(),
        path: z.string().optional(),
        params: z.record(z.string(), z.unknown()).default({}),
      }),
      split: z.enum(['train', 'test']).default('test'),
      attacks: z
        .array(
          z.strictObject({ id: z.string(), title: z.string(), params: z.record(z.string(), z.unknown()) }),
        )
        .default([]),
      attacked: z.int().default(1000),
    }),
  ),
});

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: '.' },
    out: { type: 'string' },
    // One thread: sums then do not depend on the number of cores.
    threads: { type: 'string', default: '1' },
  },
});

const [name] = positionals;
if (name === undefined) {
  console.error('Usage: npx tsx scripts/makeBundled.ts NAME [--data FOLDER] [--out FOLDER]');
  process.exitCode = 2;
} else await make(name);

/** Paths in a recipe lie in the folder of data sets that is given. */
function placed(data: { path?: string | undefined }): { path?: string } {
  return data.path === undefined ? {} : { path: path.join(flags.data, data.path) };
}

async function make(model: string): Promise<void> {
  const folder = fileURLToPath(new URL(`../models/bundled/${model}`, import.meta.url));
  const recipe = recipeSchema.parse(JSON.parse(readFileSync(path.join(folder, 'training.json'), 'utf8')));
  const { data } = recipe.training;
  const config = trainingConfigFrom(
    { ...recipe.training, data: { ...data, ...placed(data) } },
    `${model}/training.json`,
  );
  const runtime = new Runtime({ threads: Number(flags.threads) });
  const out = flags.out ?? `out-${model}`;
  await runTraining({
    config,
    runtime,
    out,
    onNote: console.error,
    onEvent(event) {
      if (event.kind === 'epoch' || event.kind === 'warning') console.log(JSON.stringify(event));
    },
  });
  const trained = path.join(out, 'model.onnx');
  const sentences = await measure(trained, recipe, runtime);
  await runtime.dispose();
  const card = cardFileSchema.parse(JSON.parse(readFileSync(path.join(out, 'model.card.json'), 'utf8')));
  const source = [
    recipe.about,
    ...sentences,
    `Made by: npx tsx scripts/makeBundled.ts ${model} --data FOLDER (seed ${config.seed}).`,
  ].join(' ');
  copyFileSync(trained, path.join(folder, `${model}.onnx`));
  const finished = { ...card, name: recipe.title, licence: recipe.licence, source };
  writeFileSync(path.join(folder, `${model}.card.json`), `${JSON.stringify(finished, undefined, 2)}\n`);
  copyFileSync(path.join(out, 'curves.csv'), path.join(folder, 'curves.csv'));
  copyFileSync(path.join(out, 'accuracy.png'), path.join(folder, 'accuracy.png'));
  const events = readFileSync(path.join(out, 'log.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && trainingEventSchema.parse(JSON.parse(line)).kind !== 'step');
  const kept = events.filter((line) => /"kind":"(started|epoch|warning|ended)"/.test(line));
  writeFileSync(path.join(folder, 'log.jsonl'), kept.map((line) => `${line}\n`).join(''));
  for (const sentence of sentences) console.log(sentence);
}

async function measure(
  file: string,
  { measured }: z.output<typeof recipeSchema>,
  runtime: Runtime,
): Promise<string[]> {
  const model = await openModel(file);
  const sentences: string[] = [];
  for (const { on, data, split, attacks, attacked } of measured) {
    const set = await loadDataSet(data.id, { ...placed(data), params: data.params, split });
    const requests = attacks.map(({ id, params }) => requestOf(attackOf(id), params));
    const found = await evaluateData({ model, runtime, data: set, attacks: requests, attacked, seed: 0 });
    const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
    sentences.push(`${percent(found.accuracy.share)} of ${found.accuracy.of} right (${on}).`);
    found.robust.forEach(({ accuracy }, index) => {
      const { title } = attacks[index] ?? { title: '' };
      sentences.push(`${percent(accuracy.share)} of ${accuracy.of} of them right under ${title}.`);
    });
  }
  return sentences;
}
