import { readBytes } from '../base/files.ts';
import { LoupeError, messageOf } from '../base/errors.ts';
import { type Recipe, recipeSchema } from '../protocol/recipe.ts';
import { parseCard } from '../model/card.ts';
import { type Model, openModel } from '../model/model.ts';
import { Runtime } from '../runtime/runtime.ts';
import { requestOf } from '../method/define.ts';
import { catalogued } from './catalogue.ts';
import type { Finding, RunHooks, RunRequest } from './request.ts';
import { type FolderRun, runToFolder } from './runToFolder.ts';
import { versions } from './versions.ts';

export interface Repetition extends FolderRun {
  /** Sentences about what differs from the recorded run: inputs, versions, device. */
  readonly differences: readonly string[];
  /** Files whose bytes equal the recorded ones, and those that do not. */
  readonly identical: readonly string[];
  readonly changed: readonly string[];
}

/** Reads and checks a recipe file. */
export async function readRecipe(path: string): Promise<Recipe> {
  const text = new TextDecoder().decode(await readBytes(path, 'recipe'));
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new LoupeError(
      'badFile',
      `Expected a recipe for ${path} but received a file that is no JSON: ${messageOf(error)}.`,
    );
  }
  const parsed = recipeSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new LoupeError(
    'badFile',
    `${path} is no recipe of this version of Loupe: ${where === '' ? '' : `"${where}": `}${issue?.message ?? ''}.`,
  );
}

/** Runs a recipe again on the device that it names and compares every file with the recorded one. */
export async function repeatRecipe(
  recipe: Recipe,
  out: string,
  hooks: RunHooks = {},
  onFinding?: (finding: Finding) => void,
): Promise<Repetition> {
  const runtime = new Runtime({ device: recipe.device, threads: recipe.threads });
  try {
    const run = await runToFolder(await requestFrom(recipe, runtime, hooks), out, onFinding);
    return {
      ...run,
      differences: [
        ...differingInputs(recipe, run.recipe),
        ...runtime.report.fallbacks,
        ...differingVersions(recipe),
      ],
      ...compareFiles(recipe, run.recipe),
    };
  } finally {
    await runtime.dispose();
  }
}

/** The run that a recipe describes. Methods and parameters are checked as if a person had given them. */
async function requestFrom(recipe: Recipe, runtime: Runtime, hooks: RunHooks): Promise<RunRequest> {
  const { command, target, seed, memoryBytes, images, references } = recipe;
  const checked = ({ id, params }: Recipe['methods'][number]) => requestOf(catalogued(id), params);
  const paths = Object.entries(references).map(([role, files]) => [role, files.map(({ path }) => path)]);
  return {
    command,
    model: await recordedModel(recipe),
    runtime,
    methods: recipe.methods.map(checked),
    defences: recipe.defences.map(checked),
    target,
    images: images.map(({ path, label }) => ({ path, label })),
    references: Object.fromEntries(paths) as Record<string, string[]>,
    seed,
    memoryBytes,
    ...hooks,
  };
}

/** The model with the card that the run had, whatever lies beside it now. */
async function recordedModel({ model, card, guesses }: Recipe): Promise<Model> {
  const opened = await openModel(model.path, parseCard(JSON.stringify(card), 'in the recipe'));
  return { ...opened, guesses };
}

/** Compares the hashes that both runs took of their inputs, in the same order. */
function differingInputs(before: Recipe, after: Recipe): string[] {
  const inputs = ({ model, images, references }: Recipe) => [
    model,
    ...images,
    ...Object.values(references).flat(),
  ];
  const found = inputs(after).map(({ sha256: hash }) => hash);
  return inputs(before).flatMap(({ path, sha256: recorded }, at) => {
    const hash = found[at] ?? '';
    if (hash === recorded) return [];
    return [
      `${path} is not the file of the recipe (sha256 ${hash.slice(0, 12)}… instead of ${recorded.slice(0, 12)}…).`,
    ];
  });
}

function differingVersions(recipe: Recipe): string[] {
  const now = versions();
  return Object.entries(now).flatMap(([name, version]) => {
    const before = recipe.versions[name as keyof Recipe['versions']];
    return before === version ? [] : [`The recipe was made with ${name} ${before}, this is ${version}.`];
  });
}

function compareFiles(before: Recipe, after: Recipe): { identical: string[]; changed: string[] } {
  const recorded = new Map(
    before.results.flatMap(({ files }) => files).map(({ path, sha256: hash }) => [path, hash]),
  );
  const identical: string[] = [];
  const changed: string[] = [];
  for (const { path, sha256: hash } of after.results.flatMap(({ files }) => files)) {
    (recorded.get(path) === hash ? identical : changed).push(path);
  }
  return { identical, changed };
}
