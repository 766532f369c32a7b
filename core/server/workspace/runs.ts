import path from 'node:path';
import { z } from 'zod';
import { readBytes } from '../../base/files.ts';
import { blobSchema } from '../../protocol/blob.ts';
import {
  type CommandLine,
  type RunDetails,
  type RunDifference,
  type RunInfo,
  runInfoSchema,
} from '../../protocol/jobs.ts';
import { type Recipe, recipeSchema } from '../../protocol/recipe.ts';
import { type ResultView, subjectViewSchema } from '../../protocol/resultView.ts';
import type { Blob } from '../../protocol/blob.ts';
import { Entries, unknown } from './entries.ts';
import type { Parts } from './parts.ts';

/** Names stay inside the run's folder, whoever wrote the record. */
const fileSchema = blobSchema.refine(({ name }) => /^[^/\\:]+$/.test(name) && !name.startsWith('..'), {
  error: 'must be a plain file name',
});

const recordSchema = z.object({
  schema: z.literal('loupe-run/1'),
  info: runInfoSchema,
  subjects: z.array(subjectViewSchema),
  files: z.array(fileSchema),
});

/** The runs of a workspace: immutable folders, each named by the hash of its recipe. */
export class WorkspaceRuns {
  readonly #parts: Parts;
  readonly #entries: Entries<typeof recordSchema>;
  readonly #served = new Set<string>();

  constructor(parts: Parts) {
    const { home, warn } = parts;
    this.#parts = parts;
    this.#entries = new Entries({ home, warn, folder: 'runs', file: 'run.json', schema: recordSchema });
  }

  async list(): Promise<RunInfo[]> {
    const entries = [...(await this.#entries.list()).values()];
    for (const entry of entries) this.#serve(entry);
    return entries.map(({ info }) => info).sort((a, b) => b.created.localeCompare(a.created));
  }

  async get(run: string): Promise<RunDetails> {
    const record = await this.#record(run);
    const { info, subjects, files } = record;
    this.#serve(record);
    return { info, recipe: await this.recipe(run), subjects, files, archive: `run/${run}.zip` };
  }

  async recipe(run: string): Promise<Recipe> {
    await this.#record(run);
    const file = this.#entries.pathOf(run, 'recipe.json');
    const text = new TextDecoder().decode(await readBytes(file, 'recipe'));
    return recipeSchema.parse(JSON.parse(text));
  }

  async diff(left: string, right: string): Promise<RunDifference[]> {
    const side = async (run: string) => ({
      recipe: await this.recipe(run),
      folder: this.#entries.pathOf(run),
    });
    return this.#parts.engine.call('diff', { left: await side(left), right: await side(right) });
  }

  async commandLine(run: string): Promise<CommandLine> {
    const recipeFile = this.#entries.pathOf(run, 'recipe.json');
    return this.#parts.engine.call('commandLine', { recipe: await this.recipe(run), recipeFile });
  }

  async remove(run: string): Promise<void> {
    await this.#entries.remove(run);
    this.#served.delete(run);
    this.#parts.events.emit({ kind: 'runsChanged' });
  }

  /** Files of a run by their names, for an archive. */
  async files(run: string): Promise<{ name: string; file: string }[]> {
    const { files } = await this.#record(run);
    return files.map(({ name }) => ({ name, file: this.#entries.pathOf(run, name) }));
  }

  stage(): Promise<string> {
    return this.#entries.stage();
  }

  discard(staged: string): Promise<void> {
    return this.#entries.discard(staged);
  }

  tidy(): Promise<void> {
    return this.#entries.tidy();
  }

  async publish(staged: string, info: RunInfo): Promise<void> {
    await this.#entries.publish(staged, info.id);
    this.#serve(await this.#record(info.id));
    this.#parts.events.emit({ kind: 'runsChanged' });
  }

  async #record(run: string): Promise<z.output<typeof recordSchema>> {
    const record = await this.#entries.get(run);
    if (record === undefined) throw unknown('runs', run);
    return record;
  }

  /** Makes the blobs of a run known by their hashes. */
  #serve({ info, subjects, files }: z.output<typeof recordSchema>): void {
    if (this.#served.has(info.id)) return;
    this.#served.add(info.id);
    const add = ({ sha256, mediaType }: Blob, name: string): void => {
      this.#parts.blobs.addFile(sha256, this.#entries.pathOf(info.id, name), mediaType);
    };
    for (const file of files) add(file, file.name);
    for (const { input, results } of subjects) {
      if (input !== undefined) add(input, path.basename(input.name));
      for (const cell of results.flatMap(cellsOf)) add(cell, path.join('cells', path.basename(cell.name)));
    }
  }
}

/** Pictures of a grid are no files that `loupe` writes, but the page draws them one by one. */
const cellsOf = (result: ResultView): Blob[] =>
  result.type === 'imageGrid' ? result.cells.map(({ picture }) => picture) : [];
