import type { FileStamp } from '../../base/tensor.ts';

/** Where a model comes from, for whatever is read besides its protocol buffer. */
export interface Source {
  /** Folder of external data; absent for bytes that came without one. */
  readonly directory?: string;
  /** The model's own file, in which its large raw data was left. */
  readonly file?: { readonly path: string; readonly stamp: FileStamp };
}
