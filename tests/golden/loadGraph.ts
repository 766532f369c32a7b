import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { clone, create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
} from '../../core/graph/onnx/gen/onnx_pb.js';
import { fieldHeader } from '../../core/graph/onnx/wire.ts';
import { uniform } from './generator.ts';

/** What the input of a golden graph may be set to; what is not set stays as it was exported. */
export interface GoldenSize {
  readonly batch?: number;
  /** Height and width; only for networks that end in a global pool. */
  readonly size?: number | readonly [number, number];
}

/** A part of the file: bytes that are there, or bytes that are made when they are needed. */
interface Part {
  readonly byteLength: number;
  readonly bytes: () => Uint8Array;
}

/** The ONNX file of a golden network with all its weights, as PyTorch would have exported it. */
export function loadGolden(name: string, input: GoldenSize = {}): Uint8Array {
  const parts = partsOf(name, input);
  const file = new Uint8Array(lengthOf(parts));
  let offset = 0;
  for (const part of parts) {
    file.set(part.bytes(), offset);
    offset += part.byteLength;
  }
  return file;
}

/** Writes the same file to disk; only one tensor is in memory at a time. */
export function writeGoldenModel(name: string, path: string, input: GoldenSize = {}): void {
  const file = openSync(path, 'w');
  try {
    for (const part of partsOf(name, input)) writeFully(file, part.bytes());
  } finally {
    closeSync(file);
  }
}

/** The stripped graph as it is committed. */
export function strippedGraph(name: string): ModelProto {
  return fromBinary(ModelProtoSchema, readFileSync(new URL(`graphs/${name}.onnx`, import.meta.url)));
}

function partsOf(name: string, input: GoldenSize): Part[] {
  const model = strippedGraph(name);
  const graph = model.graph ?? create(GraphProtoSchema);
  setInput(model, input);
  const tensors = graph.initializer.flatMap(tensorParts);
  graph.initializer = [];
  delete model.graph;
  const body = [there(toBinary(GraphProtoSchema, graph)), ...tensors];
  const header = fieldHeader(ModelProtoSchema.field.graph.number, lengthOf(body));
  return [there(toBinary(ModelProtoSchema, model)), there(header), ...body];
}

/** One initializer as a field of the graph, its weights drawn as its doc_string says ("uniform LOW HIGH …"). */
function tensorParts(stripped: TensorProto): Part[] {
  const tensor = clone(TensorProtoSchema, stripped);
  const [kind, low, high] = tensor.docString.split(' ');
  tensor.docString = '';
  const head = toBinary(TensorProtoSchema, tensor);
  const data = kind === 'uniform' ? dataParts(tensor, Number(low), Number(high)) : [];
  const length = head.byteLength + lengthOf(data);
  return [there(fieldHeader(GraphProtoSchema.field.initializer.number, length)), there(head), ...data];
}

function dataParts({ name, dims }: TensorProto, low: number, high: number): Part[] {
  const length = dims.reduce((product, dim) => product * Number(dim), 1);
  const header = fieldHeader(TensorProtoSchema.field.rawData.number, 4 * length);
  const weights = {
    byteLength: 4 * length,
    bytes: () => new Uint8Array(uniform(name, length, low, high).buffer),
  };
  return [there(header), weights];
}

function setInput(model: ModelProto, { batch, size }: GoldenSize): void {
  const type = model.graph?.input[0]?.type?.value;
  const dims = type?.case === 'tensorType' ? (type.value.shape?.dim ?? []) : [];
  const [height, width] = typeof size === 'number' ? [size, size] : (size ?? []);
  [batch, undefined, height, width].forEach((wanted, axis) => {
    if (wanted === undefined) return;
    const value = { case: 'dimValue', value: BigInt(wanted) } as const;
    dims[axis] = create(TensorShapeProto_DimensionSchema, { value });
  });
}

const there = (bytes: Uint8Array): Part => ({ byteLength: bytes.byteLength, bytes: () => bytes });

const lengthOf = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + part.byteLength, 0);

function writeFully(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.byteLength; ) {
    written += writeSync(file, bytes, written, Math.min(bytes.byteLength - written, 2 ** 28));
  }
}
