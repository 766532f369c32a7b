import { fromBinary } from '@bufbuild/protobuf';
import { LoupeError, messageOf } from '../../base/errors.ts';
import { describeHead } from '../../base/files.ts';
import { type ModelProto, ModelProtoSchema } from './gen/onnx_pb.js';

/** A file's first bytes, by which other formats are told. */
export const headBytes = 64;

/** Names in a damaged file can be of any length; a sentence is not. */
const longestSentence = 600;

/** Prefixes what was found wrong inside a model with the model's name, so that every sentence names the file. */
export function inModel<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LoupeError)) throw error;
    const detail = messageOf(error).replace(/^(?:The|Expected) /, (word) => word.toLowerCase());
    const shown = detail.length > longestSentence ? `${detail.slice(0, longestSentence)} ….` : detail;
    throw new LoupeError(error.code, `The ONNX model ${name} cannot be used: ${shown}`, { cause: error });
  }
}

/** Parses the protocol buffer; `head` is the beginning of the file, for the sentence if it is none. */
export function parseModel(bytes: Uint8Array, head: Uint8Array): ModelProto {
  refuseOtherFormats(head);
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw new LoupeError(
      'badFile',
      `it is damaged or truncated (${messageOf(error)}). Download or export it again.`,
      { cause: error },
    );
  }
}

/** Field numbers and wire types (varint 0, bytes 2) of a ModelProto; whatever begins otherwise is something else. */
const firstFields = new Map([
  [1, 0],
  [2, 2],
  [3, 2],
  [4, 2],
  [5, 0],
  [6, 2],
  [7, 2],
  [8, 2],
  [14, 2],
  [20, 2],
  [25, 2],
  [26, 2],
]);

/** Throws unless a file that begins like this may be an ONNX model. */
export function refuseOtherFormats(head: Uint8Array): void {
  const text = new TextDecoder('latin1').decode(head.subarray(0, 64));
  if (text.startsWith('version https://git-lfs')) {
    throw new LoupeError(
      'badFile',
      'it is a Git LFS pointer, not the model itself. Fetch the model with "git lfs pull".',
    );
  }
  const described = describeHead(head);
  // A model has control characters in its first bytes: field tags and lengths.
  if (isFirstTag(head) && described.startsWith('begins with the bytes')) return;
  throw new LoupeError('badFile', `it is not an ONNX model but ${described.replace(/^is /, '')}.`);
}

/** Tags of fields up to 15 take one byte, those up to 26 two. */
function isFirstTag([first = 0, second = 0]: Uint8Array): boolean {
  const tag = first < 128 ? first : (first & 127) + second * 128;
  return firstFields.get(tag >> 3) === (tag & 7);
}
