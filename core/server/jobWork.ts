import { runTitle } from '../engine/process/title.ts';
import type { CallHooks, EngineRun, FinishedRun } from '../engine/process/messages.ts';
import type { JobRequest } from '../protocol/jobs.ts';
import type { Recipe } from '../protocol/recipe.ts';
import type { Work } from './jobs.ts';
import type { WorkspaceImages } from './workspace/images.ts';
import type { WorkspaceModels } from './workspace/models.ts';
import type { Parts } from './workspace/parts.ts';
import type { WorkspaceRuns } from './workspace/runs.ts';

/** What a job is called, and what it does. */
export interface Prepared {
  readonly title: string;
  readonly work: Work;
}

/** Turns requests, which name models and images by their hashes, into work of the engine on files. */
export class JobWork {
  readonly #engine: Parts['engine'];
  readonly #models: WorkspaceModels;
  readonly #images: WorkspaceImages;
  readonly #runs: WorkspaceRuns;

  constructor(
    { engine }: Parts,
    { models, images, runs }: { models: WorkspaceModels; images: WorkspaceImages; runs: WorkspaceRuns },
  ) {
    this.#engine = engine;
    this.#models = models;
    this.#images = images;
    this.#runs = runs;
  }

  /** Refuses at once what names models or images that are not there. */
  async prepare(request: JobRequest): Promise<Prepared> {
    const { command, methods, target, defences, seed, memoryBytes } = request;
    const { name } = await this.#models.get(request.model);
    const model = await this.#models.reference(request.model);
    const images: EngineRun['images'][number][] = [];
    for (const { image, label } of request.images)
      images.push({ path: await this.#images.fileOf(image), label });
    const references: Record<string, string[]> = {};
    for (const [role, files] of Object.entries(request.references))
      references[role] = await Promise.all(files.map((image) => this.#images.fileOf(image)));
    const asked = { command, model, images, references, methods, target, defences, seed, memoryBytes };
    return {
      title: runTitle(
        methods.map(({ id }) => id),
        images.length,
        name,
      ),
      work: (hooks) =>
        this.#intoRun((folder) => this.#engine.call('run', { ...asked, folder }, { ...hooks, again: false })),
    };
  }

  /** The work of a run again. Its files are found by their hashes, wherever the workspace has been moved to. */
  async prepareAgain(run: string): Promise<Prepared> {
    const { info } = await this.#runs.get(run);
    const recipe = await this.#atHome(await this.#runs.recipe(run));
    return {
      title: info.title,
      work: (hooks: CallHooks) =>
        this.#intoRun((folder) =>
          this.#engine.call('repeat', { recipe, folder }, { ...hooks, again: false }),
        ),
    };
  }

  /** Lets the engine write into a folder beside the runs and makes it one of them at the end. */
  async #intoRun(write: (folder: string) => Promise<FinishedRun>): Promise<FinishedRun> {
    const folder = await this.#runs.stage();
    try {
      const finished = await write(folder);
      await this.#runs.publish(folder, finished.info);
      return finished;
    } catch (error) {
      await this.#runs.discard(folder);
      throw error;
    }
  }

  async #atHome(recipe: Recipe): Promise<Recipe> {
    const models = await this.#models.list();
    const images = new Set((await this.#images.list()).map(({ id }) => id));
    const place = async <T extends { path: string; sha256: string }>(file: T): Promise<T> =>
      images.has(file.sha256) ? { ...file, path: await this.#images.fileOf(file.sha256) } : file;
    const references: Recipe['references'] = {};
    for (const [role, files] of Object.entries(recipe.references))
      references[role] = await Promise.all(files.map(place));
    const model = models.find(({ id, available }) => id === recipe.model.sha256 && available);
    return {
      ...recipe,
      model: model === undefined ? recipe.model : { ...recipe.model, path: model.path },
      images: await Promise.all(recipe.images.map(place)),
      references,
    };
  }
}
