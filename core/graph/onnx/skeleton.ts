import { create, toBinary } from '@bufbuild/protobuf';
import { LoupeError } from '../../base/errors.ts';
import { StringStringEntryProtoSchema } from './gen/onnx_pb.js';
import { type Field, type WireFile, fieldAt, fieldHeader, lengthDelimited } from './wire.ts';

/** Raw data up to this size stays in the skeleton. */
const smallPayloadBytes = 4096;

/** A model may hold this much besides raw data (names, attributes, weights in typed fields). */
const largestSkeletonBytes = 512 * 2 ** 20;

/** Where large raw data can stand, by field number. */
interface Layout {
  readonly [field: number]: Layout | 'payload';
}

const tensor: Layout = { 9: 'payload' };
const node: Layout = { 5: { 5: tensor } };
const graph: Layout = { 1: node, 5: tensor };
const model: Layout = { 7: graph, 25: { 7: node } };

/** Key of the entry that stands in a tensor's external_data for raw data left in the file: `offset,length`. */
export const rangeKey = 'loupe.range';
const externalDataField = 13;

/**
 * The model without its large raw data: a ModelProto in which each such field is replaced by an entry that
 * says where in the file it lies. Only the skeleton is ever held in memory.
 */
export function readSkeleton(file: WireFile): Uint8Array {
  const out = new Chunks();
  copyMessage(file, { begin: 0, end: file.length }, model, out);
  return out.joined();
}

interface Span {
  readonly begin: number;
  readonly end: number;
}

/** Copies the fields of one message: runs of ordinary fields at once, others one by one. */
function copyMessage(file: WireFile, { begin, end }: Span, layout: Layout, out: Chunks): void {
  let run = begin;
  for (let position = begin; position < end; ) {
    const field = fieldAt(file, position, end);
    position = field.end;
    const inner = layout[field.number];
    if (inner === undefined || field.wireType !== lengthDelimited || isSmall(field)) continue;
    out.addRange(file, run, field.begin);
    run = field.end;
    if (inner === 'payload') out.add(rangeEntry(field));
    else copyNested(file, field, inner, out);
  }
  out.addRange(file, run, end);
}

const isSmall = ({ content, end }: Field): boolean => end - content <= smallPayloadBytes;

function copyNested(file: WireFile, field: Field, layout: Layout, out: Chunks): void {
  const inner = new Chunks();
  copyMessage(file, { begin: field.content, end: field.end }, layout, inner);
  out.add(fieldHeader(field.number, inner.byteLength));
  out.append(inner);
}

function rangeEntry({ content, end }: Field): Uint8Array {
  const entry = create(StringStringEntryProtoSchema, { key: rangeKey, value: `${content},${end - content}` });
  const bytes = toBinary(StringStringEntryProtoSchema, entry);
  return Buffer.concat([fieldHeader(externalDataField, bytes.length), bytes]);
}

class Chunks {
  readonly #chunks: Uint8Array[] = [];
  byteLength = 0;

  add(bytes: Uint8Array): void {
    this.byteLength += bytes.length;
    this.#chunks.push(bytes);
  }

  addRange(file: WireFile, begin: number, end: number): void {
    if (begin === end) return;
    if (this.byteLength + end - begin > largestSkeletonBytes) {
      throw new LoupeError(
        'tooLarge',
        'it holds more than 512 MiB besides raw weights. Save it with raw or external data.',
      );
    }
    this.add(file.bytes(begin, end));
  }

  append(other: Chunks): void {
    for (const bytes of other.#chunks) this.add(bytes);
  }

  joined(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}
