import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { LoupeError, messageOf } from '../../base/errors.ts';
import { systemCodeOf, unwritable } from '../../base/files.ts';

/** What is said when a file had to be set aside. */
export type Warn = (sentence: string) => void;

export interface EntriesOptions<Schema extends z.ZodType> {
  /** The workspace's folder, and the name of this one in it. */
  readonly home: string;
  readonly folder: string;
  /** The file of an entry that describes it. */
  readonly file: string;
  readonly schema: Schema;
  readonly warn: Warn;
}

/** Entries that are being written have names that are no identities. */
const stagingPrefix = '.new-';

/** What is left of a crash is removed when it is older; a younger one may be another server's. */
const stagingLifetime = 24 * 3_600_000;

/**
 * A folder of entries, each a folder of its own named by its identity. An entry is written elsewhere and renamed into place, so
 * that it is there completely or not at all, whoever else works in the same workspace. One that cannot be read is set aside.
 */
export class Entries<Schema extends z.ZodType> {
  readonly path: string;
  readonly #options: EntriesOptions<Schema>;
  readonly #known = new Map<string, z.output<Schema>>();

  constructor(options: EntriesOptions<Schema>) {
    this.#options = options;
    this.path = path.join(options.home, options.folder);
  }

  pathOf(id: string, ...names: readonly string[]): string {
    return path.join(this.path, id, ...names);
  }

  /** All entries by identity, those of other servers too. */
  async list(): Promise<ReadonlyMap<string, z.output<Schema>>> {
    const names = (await readdir(this.path).catch(() => [])).filter((name) => !name.startsWith('.'));
    const present = new Set(names);
    for (const id of this.#known.keys()) if (!present.has(id)) this.#known.delete(id);
    await Promise.all(names.filter((id) => !this.#known.has(id)).map((id) => this.#load(id)));
    return this.#known;
  }

  /** The entry, or undefined. */
  async get(id: string): Promise<z.output<Schema> | undefined> {
    return (await this.list()).get(id);
  }

  /** A fresh folder in which an entry can be put together. */
  async stage(): Promise<string> {
    const folder = path.join(this.path, `${stagingPrefix}${randomBytes(8).toString('hex')}`);
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw unwritable(folder, 'folder', error);
    }
    return folder;
  }

  /** Gives a staged entry its name; if there is one of that name already it stays, for both are the same. */
  async publish(staged: string, id: string): Promise<void> {
    const place = this.pathOf(id);
    try {
      await rename(staged, place);
    } catch (error) {
      await this.discard(staged);
      if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(systemCodeOf(error) ?? ''))
        throw unwritable(place, 'folder', error);
    }
    // Loaded anew: what a caller has in hand may not be what lies there.
    this.#known.delete(id);
    await this.#load(id);
  }

  /** As `publish`, where the newer entry is to take the older one's place. */
  async replace(staged: string, id: string): Promise<void> {
    await this.#takeAway(id);
    await this.publish(staged, id);
  }

  async remove(id: string): Promise<void> {
    if ((await this.get(id)) === undefined) throw unknown(this.#options.folder, id);
    await this.#takeAway(id);
    this.#known.delete(id);
  }

  async discard(staged: string): Promise<void> {
    await rm(staged, { recursive: true, force: true });
  }

  /** Renames first, so that no half-removed entry can be seen. */
  async #takeAway(id: string): Promise<void> {
    const place = await this.stage();
    await rename(this.pathOf(id), path.join(place, id)).catch(() => undefined);
    await this.discard(place);
  }

  /** Removes what a crash has left behind. */
  async tidy(): Promise<void> {
    for (const name of await readdir(this.path).catch(() => [])) {
      if (!name.startsWith(stagingPrefix)) continue;
      const folder = path.join(this.path, name);
      const age = Date.now() - (await stat(folder).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
      if (age > stagingLifetime) await rm(folder, { recursive: true, force: true });
    }
  }

  async #load(id: string): Promise<void> {
    const file = this.pathOf(id, this.#options.file);
    try {
      this.#known.set(id, this.#options.schema.parse(JSON.parse(await readFile(file, 'utf8'))));
    } catch (error) {
      // Another server may have removed it just now.
      const gone = await stat(this.pathOf(id)).then(
        () => false,
        () => true,
      );
      if (!gone) await this.#setAside(id, error);
    }
  }

  async #setAside(id: string, error: unknown): Promise<void> {
    const { home, folder, file, warn } = this.#options;
    const place = path.join(home, 'damaged', `${folder}-${id}-${Date.now()}`);
    await mkdir(path.dirname(place), { recursive: true }).catch(() => undefined);
    const moved = await rename(this.pathOf(id), place).then(
      () => true,
      () => false,
    );
    if (!moved) return;
    const why =
      error instanceof Error && error.name === 'ZodError'
        ? 'it has not the form that is expected'
        : messageOf(error);
    warn(`${folder}/${id}/${file} is damaged (${why.slice(0, 200)}); it was set aside in ${place}.`);
  }
}

export const unknown = (folder: string, id: string): LoupeError =>
  new LoupeError(
    'notFound',
    `There is no ${folder.replace(/s$/, '')} ${id.slice(0, 12)}… in this workspace; it may have been removed.`,
  );
