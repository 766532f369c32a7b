import { sha256 } from '../base/files.ts';
import type { Recipe } from '../protocol/recipe.ts';
import type { Fact } from '../protocol/results.ts';
import { OutputFolder } from './atomic.ts';
import type { ExplainedTarget, Finding, RunRequest } from './request.ts';
import { runMethods } from './run.ts';
import { resultName } from './save/names.ts';
import { saveFinding } from './save/saveFinding.ts';
import { versions } from './versions.ts';

/** What a run found and where it put it. */
export interface FolderRun {
  readonly recipe: Recipe;
  readonly files: readonly string[];
}

/** Further files of a run by name, made when everything else of it is known. */
export type MakeExtras = (recipe: Recipe) => ReadonlyMap<string, Uint8Array | string>;

/**
 * Runs methods and writes arrays, pictures, tables and `recipe.json` to `out`. Nothing appears there before all of it
 * is done.
 */
export async function runToFolder(
  request: RunRequest,
  out: string,
  onFinding: (finding: Finding) => void = () => undefined,
  extras: MakeExtras = () => new Map(),
): Promise<FolderRun> {
  const folder = new OutputFolder(out);
  try {
    const taken = new Set<string>();
    const results: Recipe['results'] = [];
    const read = new ReadFiles();
    for await (const finding of runMethods(request)) {
      const name = finding.picture === undefined ? undefined : resultName(finding.subject, taken);
      const files = await saveFinding(folder, name, request.model, finding);
      read.add(finding);
      const hashes = files.map(({ file, content }) => ({ path: file, sha256: sha256(Buffer.from(content)) }));
      results.push(recorded(finding, hashes));
      onFinding(finding);
    }
    const recipe = recipeOf(request, read, results);
    await folder.add('recipe.json', `${JSON.stringify(recipe, undefined, 2)}\n`);
    for (const [name, content] of extras(recipe)) await folder.add(name, content);
    return { recipe, files: await folder.commit() };
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

/** The pictures that a run read, each once, in the order of the request. */
class ReadFiles {
  readonly images: Recipe['images'] = [];
  readonly references: Recipe['references'] = {};
  readonly #seen = new Set<string>();

  add({ read }: Finding): void {
    for (const { role, file, label } of read) {
      const key = `${role}\n${file.path}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      const hashed = { path: file.path, sha256: file.sha256 };
      if (role === 'image') this.images.push(label === undefined ? hashed : { ...hashed, label });
      else this.references[role] = [...(this.references[role] ?? []), hashed];
    }
  }
}

/** JSON has no NaN and no infinity. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function recorded(finding: Finding, files: Recipe['results'][number]['files']): Recipe['results'][number] {
  const { subject, explained, findings, nonFinite } = finding;
  const layers = findings.map(({ method, layers: names }): [string, string[]] => [method.id, [...names]]);
  const facts = findings.map(
    ({ method, results }) =>
      [method.id, factRecord(results.flatMap((result) => result.facts ?? []))] as const,
  );
  return {
    subject,
    ...(explained === undefined ? {} : { explained: recordedTarget(explained) }),
    facts: Object.fromEntries(facts.filter(([, record]) => Object.keys(record).length > 0)),
    layers: Object.fromEntries(layers.filter(([, names]) => names.length > 0)),
    nonFinite: Object.fromEntries(nonFinite),
    files,
  };
}

const factRecord = (facts: readonly Fact[]): Record<string, string | number | null> =>
  Object.fromEntries(
    facts.map(({ label, value }) => [label, typeof value === 'number' ? finite(value) : value]),
  );

function recordedTarget({ description, index, label, logit, probability }: ExplainedTarget) {
  return { description, class: index, label, logit: finite(logit), probability: finite(probability) };
}

function recipeOf(request: RunRequest, read: ReadFiles, results: Recipe['results']): Recipe {
  const { model, runtime, methods, target, defences, command, seed, memoryBytes } = request;
  const { device, fallbacks } = runtime.report;
  const plain = ({ id, params }: (typeof methods)[number]) => ({ id, params });
  return {
    schema: 'loupe-recipe/2',
    command,
    versions: versions(),
    device,
    fallbacks: [...fallbacks],
    threads: runtime.threads,
    seed,
    memoryBytes,
    model: { path: model.path, sha256: model.sha256 },
    card: { ...model.card },
    guesses: model.guesses.map((guess) => ({ ...guess })),
    images: read.images,
    references: read.references,
    target,
    defences: defences.map(plain),
    methods: methods.map(plain),
    results,
  };
}
