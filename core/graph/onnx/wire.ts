import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { LoupeError } from '../../base/errors.ts';
import { readFully } from './files.ts';

const windowBytes = 256 * 1024;

/** Protocol-buffer primitives at any place of a file, read through a window. */
export class WireFile {
  readonly length: number;
  readonly #handle: number;
  readonly #path: string;
  #window: Uint8Array = new Uint8Array(0);
  #start = 0;

  constructor(handle: number, length: number, path: string) {
    this.#handle = handle;
    this.length = length;
    this.#path = path;
  }

  /** A copy of the bytes from `begin` to `end`. */
  bytes(begin: number, end: number): Uint8Array {
    const target = new Uint8Array(Math.max(0, Math.min(end, this.length) - begin));
    readFully(this.#handle, target, begin, this.#path);
    return target;
  }

  /** The varint at `position`, and where it ends; values above 2⁵³ lose their low bits, lengths never get there. */
  varint(position: number, limit: number): { value: number; end: number } {
    let value = 0;
    let scale = 1;
    for (let end = position; end < limit && end < position + 10; scale *= 128) {
      const byte = this.#byte(end++);
      value += (byte & 127) * scale;
      if (byte < 128) return { value, end };
    }
    throw damaged(
      position < limit ? `a number at byte ${position} has no end` : 'it ends in the middle of a field',
    );
  }

  #byte(position: number): number {
    const index = position - this.#start;
    if (index >= 0 && index < this.#window.length) return this.#window[index] ?? 0;
    this.#start = position;
    this.#window = this.bytes(position, position + windowBytes);
    return this.#window[0] ?? 0;
  }
}

/** A field of a message: where it begins, where its content lies and where it ends. */
export interface Field {
  readonly number: number;
  readonly wireType: number;
  readonly begin: number;
  readonly content: number;
  readonly end: number;
}

export const lengthDelimited = 2;

/** The field at `begin` of a message that ends at `limit`. */
export function fieldAt(file: WireFile, begin: number, limit: number): Field {
  const tag = file.varint(begin, limit);
  const wireType = tag.value % 8;
  const number = Math.floor(tag.value / 8);
  const field = (content: number, end: number): Field => {
    if (end > limit) throw damaged(`it is truncated: a field at byte ${begin} would end at byte ${end}`);
    return { number, wireType, begin, content, end };
  };
  switch (wireType) {
    case 0:
      return field(tag.end, file.varint(tag.end, limit).end);
    case 1:
      return field(tag.end, tag.end + 8);
    case 5:
      return field(tag.end, tag.end + 4);
    case lengthDelimited: {
      const length = file.varint(tag.end, limit);
      return field(length.end, length.end + length.value);
    }
    default:
      throw damaged(`the bytes at ${begin} are no field of a model`);
  }
}

/** The bytes that stand before `length` bytes of content in a message. */
export function fieldHeader(number: number, length: number): Uint8Array {
  return new BinaryWriter()
    .uint32(number * 8 + lengthDelimited)
    .uint32(length)
    .finish();
}

function damaged(detail: string): LoupeError {
  return new LoupeError('badFile', `${detail}.`);
}
