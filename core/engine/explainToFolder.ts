import { sha256 } from '../base/files.ts';
import type { Recipe } from '../protocol/recipe.ts';
import { OutputFolder } from './atomic.ts';
import { type ExplainRequest, type ExplainedImage, type ExplainedTarget, explainImages } from './explain.ts';
import { versions } from './versions.ts';
import { resultName, saveExplanation } from './saveExplanation.ts';

/** What a run found and where it put it. */
export interface ExplanationRun {
  readonly recipe: Recipe;
  readonly files: readonly string[];
}

/** Further files of a run by name, made when everything else of it is known. */
export type MakeExtras = (recipe: Recipe) => ReadonlyMap<string, Uint8Array | string>;

/**
 * Explains images and writes arrays, pictures and `recipe.json` to `out`. Nothing appears there
 * before all of it is done.
 */
export async function explainToFolder(
  request: ExplainRequest,
  out: string,
  onImage: (explained: ExplainedImage) => void = () => undefined,
  extras: MakeExtras = () => new Map(),
): Promise<ExplanationRun> {
  const folder = new OutputFolder(out);
  try {
    const taken = new Set<string>();
    const results: Recipe['results'] = [];
    const images: Recipe['images'] = [];
    for await (const explained of explainImages(request)) {
      const name = resultName(explained.file.path, taken);
      const files = await saveExplanation(folder, name, request.model, explained);
      images.push({ path: explained.file.path, sha256: explained.file.sha256 });
      results.push({
        image: explained.file.path,
        target: recorded(explained.target),
        layers: layersOf(explained),
        nonFinite: Object.fromEntries(explained.nonFinite),
        files: files.map(({ file, content }) => ({ path: file, sha256: sha256(content) })),
      });
      onImage(explained);
    }
    const recipe = recipeOf(request, images, results);
    await folder.add('recipe.json', `${JSON.stringify(recipe, undefined, 2)}\n`);
    for (const [name, content] of extras(recipe)) await folder.add(name, content);
    return { recipe, files: await folder.commit() };
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

/** JSON has no NaN and no infinity. */
function recorded({
  index,
  label,
  logit,
  probability,
}: ExplainedTarget): Recipe['results'][number]['target'] {
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return { index, label, logit: finite(logit), probability: finite(probability) };
}

function layersOf({ methods }: ExplainedImage): Record<string, string[]> {
  const entries = methods.map(({ plan }): [string, string[]] => [
    plan.attribution,
    plan.layers.map(({ name }) => name),
  ]);
  return Object.fromEntries(entries.filter(([, layers]) => layers.length > 0));
}

function recipeOf(request: ExplainRequest, images: Recipe['images'], results: Recipe['results']): Recipe {
  const { model, runtime, methods, target } = request;
  const { device, fallbacks } = runtime.report;
  return {
    schema: 'loupe-recipe/1',
    command: 'explain',
    versions: versions(),
    device,
    fallbacks: [...fallbacks],
    threads: runtime.threads,
    model: { path: model.path, sha256: model.sha256 },
    card: { ...model.card },
    guesses: model.guesses.map((guess) => ({ ...guess })),
    images,
    target,
    methods: methods.map(({ id, params }) => ({ id, params })),
    results,
  };
}
