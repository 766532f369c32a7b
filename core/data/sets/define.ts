import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { throwIfCancelled } from '../../base/cancel.ts';
import { LoupeError } from '../../base/errors.ts';
import { unreadable } from '../../base/files.ts';
import { badParameter } from '../../base/parameters.ts';
import type { DataSet } from '../dataSet.ts';

/** A part of a data set, as its authors divided it. */
export const splits = ['train', 'validation', 'test'] as const;

export type Split = (typeof splits)[number];

/** A file that a user without the data set can download. */
export interface SourceFile {
  /** Its name in the folder. */
  readonly name: string;
  /** Where its authors, or those who took over from them, offer it; tried in turn. */
  readonly urls: readonly string[];
  readonly bytes: number;
  /** In hexadecimal, as published. */
  readonly checksum: { readonly algorithm: 'sha256' | 'md5'; readonly value: string };
  /** A .tar.gz is unpacked and removed; this folder is what it leaves. */
  readonly unpacksTo?: string;
}

/** How far loading or downloading is; `total` is undefined while it is not known. */
export interface DataProgress {
  /** `decoding`, `rendering`, `downloading train.gz` … */
  readonly what: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: 'images' | 'files' | 'bytes';
}

export interface LoadRequest {
  /** The folder, or the file, that holds the data; sources that need none ignore it. */
  readonly path?: string;
  readonly split: Split;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Where decoded pictures are kept; `.loupe/cache` in the working folder unless told. */
  readonly cacheFolder?: string;
  readonly onProgress?: (progress: DataProgress) => void;
  /** Sentences that a person should see and that stop nothing. */
  readonly onNote?: (sentence: string) => void;
  readonly signal?: AbortSignal;
}

/** What a definition's `load` gets: everything checked and filled in. */
export interface LoadContext<Params> {
  /** Exists; '' for sources that need nothing. */
  readonly path: string;
  readonly split: Split;
  readonly params: Params;
  readonly cacheFolder: string;
  /** Says how far it is; throws when the request was cancelled. */
  readonly progress: (progress: DataProgress) => void;
  readonly note: (sentence: string) => void;
}

interface SourceText<Schema extends z.ZodObject> {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly citation: string;
  /** With defaults; each has `meta({ title, description, unit? })`. */
  readonly params: Schema;
  /** What `path` has to be. */
  readonly reads: 'folder' | 'file' | 'nothing';
  readonly splits: readonly Split[];
  /** Empty where there is nothing to download. */
  readonly files: readonly SourceFile[];
}

/** Where data sets come from: a kind of files, or a generator. */
export interface DataSource extends SourceText<z.ZodObject> {
  /**
   * @throws LoupeError badArgument for a split or parameter it does not have, notFound and badFile for missing and damaged files,
   * cancelled.
   */
  readonly load: (request: LoadRequest) => Promise<DataSet>;
}

/** Defines a source of data sets. */
export function defineDataSource<Schema extends z.ZodObject>(
  definition: SourceText<Schema> & {
    load: (context: LoadContext<z.output<Schema>>) => Promise<DataSet>;
  },
): DataSource {
  const { id, params: schema, load } = definition;
  return Object.freeze({
    ...definition,
    async load(request: LoadRequest): Promise<DataSet> {
      checkSplit(definition, request.split);
      const parsed = z.strictObject(schema.shape).safeParse(request.params ?? {});
      if (!parsed.success) throw badParameter(parsed.error, `the data set ${id}`);
      return load({
        path: await checkedPath(definition, request.path),
        split: request.split,
        // The strict schema has the shape of the definition's own, hence its output.
        params: parsed.data as z.output<Schema>,
        cacheFolder: request.cacheFolder ?? '.loupe/cache',
        progress(progress) {
          throwIfCancelled(request.signal);
          request.onProgress?.(progress);
        },
        note: (sentence) => request.onNote?.(sentence),
      });
    },
  });
}

function checkSplit({ id, splits: known }: Pick<DataSource, 'id' | 'splits'>, split: Split): void {
  if (known.includes(split)) return;
  const advice = split === 'validation' ? ' Hold back a part of train instead.' : '';
  throw new LoupeError(
    'badArgument',
    `The data set ${id} has no part "${split}"; it has ${known.join(', ')}.${advice}`,
  );
}

/** `path`, which exists and is of the right kind. */
async function checkedPath(
  { id, reads, files }: Pick<DataSource, 'id' | 'reads' | 'files'>,
  path: string | undefined,
): Promise<string> {
  if (reads === 'nothing') return '';
  const advice = files.length === 0 ? '' : ' It can be downloaded.';
  if (path === undefined) {
    throw new LoupeError('badArgument', `Say which ${reads} holds the data set ${id}.${advice}`);
  }
  const what = await stat(path).catch(async (error: unknown) => {
    throw await unreadable(path, `${reads} with the data set ${id}`, error);
  });
  if (what.isDirectory() === (reads === 'folder')) return path;
  throw new LoupeError(
    'badFile',
    `Expected a ${reads} with the data set ${id} at ${path}, but it is a ${reads === 'folder' ? 'file' : 'folder'}.`,
  );
}
