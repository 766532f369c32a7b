import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { ModelReference } from '../../engine/process/messages.ts';
import { type GraphView, type LayerInfo, type ModelInfo, modelInfoSchema } from '../../protocol/workbench.ts';
import { Entries, unknown } from './entries.ts';
import { withoutFolder } from './names.ts';
import type { Parts } from './parts.ts';

/** `model.json`: a model by reference. A path that is relative lies in the entry's own folder (an upload). */
const entrySchema = z.object({
  schema: z.literal('loupe-model/1'),
  info: modelInfoSchema.omit({ available: true }),
});

/** The models of a workspace, by reference. */
export class WorkspaceModels {
  readonly #parts: Parts;
  readonly #entries: Entries<typeof entrySchema>;

  constructor(parts: Parts) {
    const { home, warn } = parts;
    this.#parts = parts;
    this.#entries = new Entries({ home, warn, folder: 'models', file: 'model.json', schema: entrySchema });
  }

  async list(): Promise<ModelInfo[]> {
    const entries = [...(await this.#entries.list()).values()];
    const infos = await Promise.all(entries.map(({ info }) => this.#complete(info)));
    return infos.sort((a, b) => a.opened.localeCompare(b.opened));
  }

  /** Opens a file of this machine. */
  async open(file: string): Promise<ModelInfo> {
    return this.#add(path.resolve(file), await this.#entries.stage());
  }

  /** Opens a file that lies in a folder made by `stage`, and keeps it. */
  async adopt(staged: string, name: string): Promise<ModelInfo> {
    return this.#add(path.join(staged, name), staged);
  }

  stage(): Promise<string> {
    return this.#entries.stage();
  }

  tidy(): Promise<void> {
    return this.#entries.tidy();
  }

  async graph(model: string): Promise<GraphView> {
    return this.#parts.engine.call('graph', await this.reference(model));
  }

  async layers(model: string): Promise<LayerInfo[]> {
    return this.#parts.engine.call('layers', await this.reference(model));
  }

  async forget(model: string): Promise<void> {
    await this.#entries.remove(model);
    this.#parts.events.emit({ kind: 'modelsChanged' });
  }

  /** What the engine opens. */
  async reference(model: string): Promise<ModelReference> {
    const info = await this.get(model);
    return { path: info.path, sha256: info.id };
  }

  async get(model: string): Promise<ModelInfo> {
    const entry = await this.#entries.get(model);
    if (entry === undefined) throw unknown('models', model);
    return this.#complete(entry.info);
  }

  async #add(file: string, staged: string): Promise<ModelInfo> {
    const description = await this.#parts.engine
      .call('openModel', { path: file })
      .catch(async (error: unknown) => {
        await this.#entries.discard(staged);
        throw withoutFolder(error, staged);
      });
    const inside = path.dirname(file) === staged;
    const info = {
      ...description,
      path: inside ? path.basename(file) : file,
      opened: new Date().toISOString(),
    };
    const content = { schema: 'loupe-model/1', info };
    await writeFile(path.join(staged, 'model.json'), `${JSON.stringify(content)}\n`);
    // The same file at another path, or with another card: the newer entry is the right one.
    await this.#entries.replace(staged, info.id);
    this.#parts.events.emit({ kind: 'modelsChanged' });
    return this.get(info.id);
  }

  async #complete(info: z.output<typeof entrySchema>['info']): Promise<ModelInfo> {
    const file = path.resolve(this.#entries.pathOf(info.id), info.path);
    const available = await stat(file).then(
      (entry) => entry.isFile(),
      () => false,
    );
    return { ...info, path: file, available };
  }
}
