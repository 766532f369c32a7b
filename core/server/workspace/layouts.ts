import { readFile, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { systemCodeOf } from '../../base/files.ts';
import { writeFileAtomically } from '../../engine/atomic.ts';
import { type Layout, layoutSchema } from '../../protocol/workbench.ts';
import type { Parts } from './parts.ts';

/** Saved arrangements of the window, a file each; the last who saves one wins. */
export class WorkspaceLayouts {
  readonly #parts: Parts;
  readonly #folder: string;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#folder = path.join(parts.home, 'layouts');
  }

  async list(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter((name) => /^[^.].*\.json$/.test(name)).map((name) => name.slice(0, -'.json'.length));
  }

  async load(name: string): Promise<Layout | null> {
    const file = this.#fileOf(name);
    try {
      return layoutSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return null;
      const place = path.join(this.#parts.home, `layouts/.damaged-${name}-${Date.now()}`);
      await rename(file, place).catch(() => undefined);
      this.#parts.warn(
        `The layout "${name}" is damaged (${messageOf(error).slice(0, 100)}); it was set aside in ${place}.`,
      );
      return null;
    }
  }

  async save(layout: Layout): Promise<void> {
    await writeFileAtomically(this.#fileOf(layout.name), `${JSON.stringify(layout)}\n`);
    this.#parts.events.emit({ kind: 'layoutsChanged' });
  }

  /** The name's schema lets no separator through. */
  #fileOf(name: string): string {
    return path.join(this.#folder, `${name}.json`);
  }
}
