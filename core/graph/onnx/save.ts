import { create, toBinary } from '@bufbuild/protobuf';
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LoupeError } from '../../base/errors.ts';
import { unwritable } from '../../base/files.ts';
import { type Tensor, byteLengthOf } from '../../base/tensor.ts';
import type { Graph } from '../ir.ts';
import { encodeOnnx } from './encode.ts';
import { GraphProtoSchema, ModelProtoSchema, TensorProtoSchema } from './gen/onnx_pb.js';
import { type EncodeOptions, type ExternalRange, modelProto, tensorHead } from './modelProto.ts';
import { bytesOfData } from './storage.ts';
import { fieldHeader } from './wire.ts';

/** A protocol buffer may have 2 GiB; above this, weights go into a file of their own. */
const largestModelBytes = 1.9 * 2 ** 30;

/** Constants above this size are written one after the other instead of through the protocol buffer. */
const smallConstantBytes = 4096;

export interface SaveOptions extends Omit<EncodeOptions, 'external'> {
  /** Model files above this size keep their weights in `<name>.data` beside them. */
  readonly largestModelBytes?: number;
}

/**
 * Saves a graph as one `.onnx` file, or with its weights in `<path>.data` where they are too large for that. At any
 * moment the old file or the complete new one is there. Only one tensor is in memory at a time.
 */
export function saveOnnx(graph: Graph, path: string, options: SaveOptions = {}): void {
  const total = [...graph.constants.values()].reduce((sum, value) => sum + byteLengthOf(value), 0);
  try {
    if (total < (options.largestModelBytes ?? largestModelBytes)) {
      writeAtomically(path, (write) => writeInline(graph, options, write));
    } else {
      saveExternal(graph, path, options);
    }
  } catch (error) {
    if (error instanceof LoupeError) throw error;
    throw unwritable(path, 'model', error);
  }
}

type Write = (bytes: Uint8Array) => void;

const modelGraphField = 7;
const graphInitializerField = 5;
const tensorRawDataField = 9;

const isLarge = (value: Tensor): boolean => byteLengthOf(value) > smallConstantBytes;

/** model = fields, graph header, graph; graph = fields, then one initializer after the other. */
function writeInline(graph: Graph, options: EncodeOptions, write: Write): void {
  const small = [...graph.constants].filter(([, value]) => !isLarge(value));
  const { graph: graphProto, ...model } = modelProto(graph, small, options);
  const fields = toBinary(GraphProtoSchema, graphProto ?? create(GraphProtoSchema));
  const large = [...graph.constants].filter(([, value]) => isLarge(value)).map(largeInitializer);
  const length = large.reduce(
    (sum, { headers, byteLength }) => sum + headers.length + byteLength,
    fields.length,
  );
  write(toBinary(ModelProtoSchema, create(ModelProtoSchema, model)));
  write(fieldHeader(modelGraphField, length));
  write(fields);
  for (const { headers, value } of large) {
    write(headers);
    write(bytesOfData(value.data));
  }
}

/** What stands before the data of an initializer: its field header, its other fields, the header of its raw data. */
function largeInitializer([name, value]: readonly [string, Tensor]) {
  const byteLength = byteLengthOf(value);
  const head = toBinary(TensorProtoSchema, create(TensorProtoSchema, tensorHead(name, value)));
  const raw = fieldHeader(tensorRawDataField, byteLength);
  const outer = fieldHeader(graphInitializerField, head.length + raw.length + byteLength);
  return { headers: Buffer.concat([outer, head, raw]), value, byteLength };
}

/** ONNX Runtime maps external data where it begins at a page. */
const alignment = 4096;

function saveExternal(graph: Graph, path: string, options: EncodeOptions): void {
  const location = `${basename(path)}.data`;
  const ranges = new Map<string, ExternalRange>();
  writeAtomically(join(dirname(path), location), (write) => {
    let offset = 0;
    for (const [name, value] of graph.constants) {
      if (!isLarge(value)) continue;
      const byteLength = byteLengthOf(value);
      const padding = (alignment - (offset % alignment)) % alignment;
      write(new Uint8Array(padding));
      write(bytesOfData(value.data));
      ranges.set(name, { location, offset: offset + padding, byteLength });
      offset += padding + byteLength;
    }
  });
  const bytes = encodeOnnx(graph, { ...options, external: (name) => ranges.get(name) });
  writeAtomically(path, (write) => {
    write(bytes);
  });
}

/** Writes a temporary file in the same folder and renames it into place. */
function writeAtomically(path: string, writeContent: (write: Write) => void): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = openSync(temporary, 'wx');
  try {
    try {
      writeContent((bytes) => {
        for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
      });
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
