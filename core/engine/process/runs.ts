import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { usualMemoryBytes } from '../../method/context.ts';
import { requestOf } from '../../method/define.ts';
import type { MethodRequest } from '../../protocol/method.ts';
import type { Recipe } from '../../protocol/recipe.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { catalogued, methodFor } from '../catalogue.ts';
import { repeatRecipe } from '../repeat.ts';
import type { RunRequest } from '../request.ts';
import { runToFolder } from '../runToFolder.ts';
import { RunViews } from '../views/runViews.ts';
import { runTitle } from './title.ts';
import type { CallHooks, EngineRun, FinishedRun, RunRecord } from './messages.ts';
import type { OpenModels } from './openModels.ts';
import { progressReporter } from './progress.ts';

/** Runs a job's request; everything about it lies in its folder at the end. */
export async function run(
  request: EngineRun,
  { models, runtime }: { readonly models: OpenModels; readonly runtime: Runtime },
  hooks: CallHooks,
): Promise<FinishedRun> {
  const started = performance.now();
  const { command, target, seed, images, references, folder, memoryBytes } = request;
  const checked = ({ id, params }: MethodRequest): MethodRequest => requestOf(methodFor(command, id), params);
  const model = await models.recorded(request.model);
  const methods = request.methods.map(checked);
  const full: RunRequest = {
    command,
    model,
    runtime,
    methods,
    target,
    defences: request.defences.map(({ id, params }) => requestOf(catalogued(id), params)),
    images,
    references,
    seed,
    memoryBytes: memoryBytes ?? usualMemoryBytes,
    ...followed(methods, [...images.map((image) => image.path), ...Object.values(references).flat()], hooks),
  };
  const views = new RunViews();
  const { recipe } = await runToFolder(full, folder, views.add);
  return { info: await record(folder, { recipe, name: model.name, views, started }) };
}

/** Runs a recipe again; the comparison says which files have the same bytes. */
export async function repeat(
  { recipe, folder }: { readonly recipe: Recipe; readonly folder: string },
  hooks: CallHooks,
): Promise<FinishedRun> {
  const started = performance.now();
  const views = new RunViews();
  const files = [...recipe.images, ...Object.values(recipe.references).flat()].map((file) => file.path);
  const repetition = await repeatRecipe(recipe, folder, followed(recipe.methods, files, hooks), views.add);
  const { identical, changed, differences } = repetition;
  const { name } = recipe.card;
  const found = {
    recipe: repetition.recipe,
    name: typeof name === 'string' ? name : path.parse(recipe.model.path).name,
    views,
    started,
  };
  return {
    info: await record(folder, found),
    comparison: {
      identical: [...identical],
      changed: [...changed],
      differences: [...differences],
    },
  };
}

function followed(methods: readonly MethodRequest[], files: readonly string[], hooks: CallHooks) {
  const [first] = methods;
  return { signal: hooks.signal, onProgress: progressReporter(first?.id ?? '', files, hooks) };
}

interface Found {
  readonly recipe: Recipe;
  /** Of the model. */
  readonly name: string;
  readonly views: RunViews;
  readonly started: number;
}

/** Writes `run.json`. The identity of a run is the hash of its recipe, which holds the hashes of all results. */
async function record(folder: string, { recipe, name, views, started }: Found): Promise<FinishedRun['info']> {
  const written = await views.write(folder, recipe);
  const files = [written.recipe, ...written.files];
  const methods = recipe.methods.map(({ id }) => id);
  const info: FinishedRun['info'] = {
    id: written.recipe.sha256,
    command: recipe.command,
    title: runTitle(methods, recipe.images.length, name),
    model: { id: recipe.model.sha256, name },
    images: recipe.images.map((image) => ({ id: image.sha256, name: path.basename(image.path) })),
    methods,
    created: new Date().toISOString(),
    seconds: (performance.now() - started) / 1000,
    byteLength: files.reduce((sum, file) => sum + file.byteLength, 0),
  };
  const content: RunRecord = { schema: 'loupe-run/1', info, subjects: written.subjects, files };
  await writeFile(path.join(folder, 'run.json'), `${JSON.stringify(content)}\n`);
  return info;
}
