import { z } from 'zod';

/** SHA-256 in hexadecimal: the identity of models, images, runs and blobs. */
export const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal');

/** Bytes that the page fetches: `url` is relative to the page, and what it names never changes. */
export const blobSchema = z.object({
  sha256: hashSchema,
  /** `blob/<sha256>`. */
  url: z.string(),
  /** A file name to save it under. */
  name: z.string(),
  /** `image/png`, `image/svg+xml`, `text/csv`, `application/x-npy` … */
  mediaType: z.string(),
  byteLength: z.int().nonnegative(),
});

export type Blob = z.infer<typeof blobSchema>;

/** A .npy file (little endian, C order; `decodeNpy` of core/base reads it) and what is known of its numbers. */
export const arraySchema = blobSchema.extend({
  type: z.enum(['float32', 'int64', 'int32', 'bool', 'uint8', 'int8']),
  dims: z.array(z.int().nonnegative()),
  /** Over the finite elements; null where there are none. */
  min: z.number().nullable(),
  max: z.number().nullable(),
  /** Elements that are NaN or infinite. */
  nonFinite: z.int().nonnegative(),
});

export type ArrayBlob = z.infer<typeof arraySchema>;

export const mediaTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  svg: 'image/svg+xml',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  npy: 'application/x-npy',
  npz: 'application/x-npz',
  onnx: 'application/octet-stream',
};
