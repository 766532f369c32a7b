import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileExists, readBytes } from '../../base/files.ts';
import type { Blob } from '../../protocol/blob.ts';
import type { Recipe } from '../../protocol/recipe.ts';
import type { ResultView, SubjectView } from '../../protocol/resultView.ts';
import type { Finding, MethodFinding } from '../request.ts';
import { resultName } from '../save/names.ts';
import { BesideFiles, blobOf } from './blobs.ts';
import { finite, viewOf } from './resultView.ts';

interface NamedSubject {
  readonly view: SubjectView;
  /** Beginning of the names of its files. */
  readonly prefix: string;
}

/** What the page needs of a run beside the files that `runToFolder` writes: views of its results, and pictures without frames. */
export class RunViews {
  readonly #blobs = new BesideFiles();
  readonly #taken = new Set<string>();
  readonly #subjects: Promise<NamedSubject>[] = [];

  /** Takes note of a finding; the order is that of `runToFolder`, so that the names are the same. */
  readonly add = (finding: Finding): void => {
    const name = finding.picture === undefined ? undefined : resultName(finding.subject, this.#taken);
    const subject = this.#subject(name, finding);
    // Whoever awaits `write` hears of a failure; until then it is no unhandled one.
    subject.catch(() => undefined);
    this.#subjects.push(subject);
  };

  /** Writes what is not yet in the run's folder and returns the views with all files, the recipe itself apart. */
  async write(
    folder: string,
    recipe: Recipe,
  ): Promise<{ subjects: SubjectView[]; recipe: Blob; files: Blob[] }> {
    const subjects = await Promise.all(this.#subjects);
    for (const [name, content] of this.#blobs.contents) {
      const file = path.join(folder, name);
      if (await fileExists(file)) continue;
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    const written = await Promise.all(
      recipe.results.map(({ files }) => Promise.all(files.map((file) => blobOfFile(folder, file)))),
    );
    return {
      subjects: subjects.map(({ view, prefix }, at) => withFiles(view, prefix, written[at] ?? [])),
      recipe: blobOf('recipe.json', await readBytes(path.join(folder, 'recipe.json'), 'recipe')),
      files: written.flat(),
    };
  }

  async #subject(name: string | undefined, finding: Finding): Promise<NamedSubject> {
    const { picture, explained, findings, nonFinite } = finding;
    const results: ResultView[] = [];
    for (const found of findings) results.push(...(await this.#views(name, found)));
    const input =
      picture === undefined ? undefined : await this.#blobs.drawn(`${name ?? ''}.input.png`, picture.fitted);
    const view: SubjectView = {
      title: path.basename(finding.subject),
      ...(picture === undefined ? {} : { image: picture.file.sha256 }),
      ...(input === undefined ? {} : { input }),
      ...(explained === undefined
        ? {}
        : {
            explained: {
              ...explained,
              logit: finite(explained.logit),
              probability: finite(explained.probability),
            },
          }),
      layers: Object.fromEntries(findings.map(({ method, layers }) => [method.id, [...layers]])),
      nonFinite: Object.fromEntries(nonFinite),
      results,
      files: [],
    };
    return { view, prefix: name === undefined ? '' : `${name}.` };
  }

  #views(name: string | undefined, { method, results }: MethodFinding): Promise<ResultView[]> {
    const stem = name === undefined ? method.id : `${name}.${method.id}`;
    return Promise.all(results.map((result) => viewOf(result, method.id, stem, this.#blobs)));
  }
}

async function blobOfFile(
  folder: string,
  { path: name, sha256 }: { path: string; sha256: string },
): Promise<Blob> {
  const { size } = await stat(path.join(folder, name));
  const { mediaType } = blobOf(name, new Uint8Array());
  return { sha256, url: `blob/${sha256}`, name, mediaType, byteLength: size };
}

/** Gives each result the files that bear its name, and the subject those that are about all of its methods. */
function withFiles(subject: SubjectView, prefix: string, files: readonly Blob[]): SubjectView {
  const left = new Set(files);
  const results = subject.results.map((result) => {
    // A heat map's files bear the method's name only.
    const stem = `${prefix}${result.method}.${result.type === 'heatmap' ? '' : `${result.name}.`}`;
    const own = files.filter((file) => left.has(file) && file.name.startsWith(stem));
    for (const file of own) left.delete(file);
    return { ...result, files: own };
  });
  return { ...subject, results, files: [...left] };
}
