import { join } from 'node:path';
import { LoupeError } from '../../base/errors.ts';
import type { FileRange, FileStamp } from '../../base/tensor.ts';
import { withFile } from './files.ts';
import type { TensorProto } from './gen/onnx_pb.js';
import { rangeKey } from './skeleton.ts';
import type { Source } from './source.ts';

/** Bytes of a tensor that were left in a file, and what that file was like. */
export interface LocatedBytes {
  readonly range: FileRange;
  readonly stamp: FileStamp;
}

/** Where the raw data lies that the skeleton left in the model's own file. */
export function ownRange(proto: TensorProto, source: Source): LocatedBytes | undefined {
  const entry = proto.externalData.find(({ key }) => key === rangeKey);
  if (entry === undefined || source.file === undefined) return undefined;
  const [offset = Number.NaN, byteLength = Number.NaN] = entry.value.split(',').map(Number);
  const { path, stamp } = source.file;
  if (!(offset >= 0 && byteLength >= 0 && offset + byteLength <= stamp.size)) {
    throw new LoupeError('badFile', `the data of "${proto.name}" lies outside the file.`);
  }
  return { range: { path, offset, byteLength }, stamp };
}

/**
 * Finds the external data of a tensor beside the model. Only files inside the model's folder are looked at,
 * whatever the model says.
 */
export function externalRange(proto: TensorProto, source: Source, byteLength: number): LocatedBytes {
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location') ?? '';
  refuseEscape(location, proto.name);
  if (source.directory === undefined) {
    throw new LoupeError(
      'badFile',
      `its weights are in the file "${location}" beside it, which is not here. Open the model by its path.`,
    );
  }
  const offset = countOf(entries.get('offset') ?? '0', 'offset', proto.name);
  const length = countOf(entries.get('length') ?? String(byteLength), 'length', proto.name);
  if (length !== byteLength) {
    throw new LoupeError(
      'badFile',
      `the tensor "${proto.name}" needs ${byteLength} bytes, but ${length} are given for it in "${location}".`,
    );
  }
  const path = join(source.directory, location);
  const stamp = withFile(path, `file with the weights of "${proto.name}"`, (_handle, found) => found);
  if (offset + byteLength > stamp.size) {
    throw new LoupeError(
      'badFile',
      `the file ${path} is too short: "${proto.name}" lies at ${offset} to ${offset + byteLength} of its ${stamp.size} bytes.`,
    );
  }
  return { range: { path, offset, byteLength }, stamp };
}

function refuseEscape(location: string, name: string): void {
  const parts = location.split(/[/\\]/);
  const isOutside = location === '' || location.includes('\0') || parts.includes('..');
  const isAbsolute = parts[0] === '' || /^[a-z]:/i.test(location);
  if (!isOutside && !isAbsolute) return;
  throw new LoupeError(
    'badFile',
    `the weights "${name}" are said to be in ${JSON.stringify(location)}, and only files in the model's folder are read.`,
  );
}

function countOf(text: string, key: string, name: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new LoupeError(
    'badFile',
    `the ${key} ${JSON.stringify(text)} of the external data of "${name}" is no number of bytes.`,
  );
}
