import { stat } from 'node:fs/promises';
import path from 'node:path';
import { LoupeError } from '../../base/errors.ts';
import { type Model, openModel } from '../../model/model.ts';
import type { ModelReference } from './messages.ts';

interface Kept {
  readonly stamp: string;
  readonly model: Promise<Model>;
}

/** Models that stay open, the ones last used. A file that changes on the disk is read again. */
export class OpenModels {
  readonly #kept = new Map<string, Kept>();
  readonly #most: number;

  constructor(most = 4) {
    this.#most = most;
  }

  async open(file: string): Promise<Model> {
    const stamp = await stampOf(file);
    const known = this.#kept.get(file);
    const kept = known?.stamp === stamp ? known : { stamp, model: openModel(file) };
    // The last used is the last in the order.
    this.#kept.delete(file);
    this.#kept.set(file, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) break;
      this.#kept.delete(oldest);
    }
    try {
      return await kept.model;
    } catch (error) {
      if (this.#kept.get(file) === kept) this.#kept.delete(file);
      throw error;
    }
  }

  /** A model that was opened before. */
  async recorded({ path: file, sha256 }: ModelReference): Promise<Model> {
    const model = await this.open(file);
    if (model.sha256 === sha256) return model;
    throw new LoupeError('mismatch', `The file ${file} has changed since it was opened. Open it again.`);
  }
}

/** Of the file, and of the cards that may lie beside it. */
async function stampOf(file: string): Promise<string> {
  const own = `${file.replace(/\.[^./\\]+$/, '')}.card.json`;
  const shared = path.join(path.dirname(file), 'model.card.json');
  const found = await Promise.all([file, own, shared].map((each) => stat(each).catch(() => undefined)));
  return found.map((entry) => (entry === undefined ? '' : `${entry.size}/${entry.mtimeMs}`)).join(' ');
}
