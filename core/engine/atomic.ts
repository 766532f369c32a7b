import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LoupeError } from '../base/errors.ts';
import { unwritable } from '../base/files.ts';

/** Temporary files that exist now. They go when the process ends, whatever ends it short of a kill. */
const temporaries = new Set<string>();
let watching = false;

function remember(path: string): void {
  temporaries.add(path);
  if (watching) return;
  watching = true;
  process.once('exit', () => {
    for (const left of temporaries) rmSync(left, { force: true });
  });
}

/**
 * Writes a file so that at any moment either the old one or the complete new one is at `path`: a
 * temporary file in the same folder is written, synchronised to the disk and renamed.
 */
export async function writeFileAtomically(path: string, content: Uint8Array | string): Promise<void> {
  await makeFolder(path);
  const temporary = await writeTemporary(path, content);
  await moveIntoPlace(temporary, path);
}

/** Makes the folder of `path`; returns the outermost folder that was not there before. */
async function makeFolder(path: string): Promise<string | undefined> {
  try {
    return await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw unwritable(path, 'file', error);
  }
}

async function writeTemporary(path: string, content: Uint8Array | string): Promise<string> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  remember(temporary);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    return temporary;
  } catch (error) {
    await discard(temporary);
    throw unwritable(path, 'file', error);
  }
}

async function moveIntoPlace(temporary: string, path: string): Promise<void> {
  try {
    await rename(temporary, path);
    temporaries.delete(temporary);
  } catch (error) {
    await discard(temporary);
    throw unwritable(path, 'file', error);
  }
}

async function discard(temporary: string): Promise<void> {
  await rm(temporary, { force: true });
  temporaries.delete(temporary);
}

/**
 * The files of one run. Each is written completely under a temporary name as soon as it is added; `commit` gives all of them
 * their names at the end, so that an interrupted run leaves nothing behind.
 */
export class OutputFolder {
  readonly path: string;
  /** Temporary file by final name. */
  readonly #pending = new Map<string, string>();
  /** Folders that were made for these files. */
  readonly #made = new Set<string>();

  constructor(path: string) {
    this.path = path;
  }

  /** Adds a file; `name` may contain folders, but stays inside this one. A name that was added before is replaced. */
  async add(name: string, content: Uint8Array | string): Promise<void> {
    const path = join(this.path, name);
    if (!path.startsWith(join(this.path, '/'))) {
      throw new LoupeError('internal', `The file "${name}" would lie outside ${this.path}.`);
    }
    const outermost = await makeFolder(path);
    if (outermost !== undefined) this.#rememberMade(outermost, dirname(path));
    const previous = this.#pending.get(path);
    this.#pending.set(path, await writeTemporary(path, content));
    if (previous !== undefined) await discard(previous);
  }

  /** Renames everything into place; returns the paths in the order in which they were added. */
  async commit(): Promise<string[]> {
    const paths = [...this.#pending.keys()];
    try {
      for (const [path, temporary] of this.#pending) await moveIntoPlace(temporary, path);
    } catch (error) {
      await this.discard();
      throw error;
    }
    this.#pending.clear();
    return paths;
  }

  /** Throws away what was added and not committed, and the folders that were made for it. */
  async discard(): Promise<void> {
    for (const temporary of this.#pending.values()) await discard(temporary);
    this.#pending.clear();
    // The deepest first; a folder that something else was put into stays.
    for (const folder of [...this.#made].sort().reverse()) await rmdir(folder).catch(() => undefined);
    this.#made.clear();
  }

  #rememberMade(outermost: string, innermost: string): void {
    for (let folder = innermost; folder.length >= outermost.length; folder = dirname(folder)) {
      this.#made.add(folder);
    }
  }
}
