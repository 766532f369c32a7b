import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Random } from '../../core/base/random.ts';
import { ModelProtoSchema } from '../../core/graph/onnx/gen/onnx_pb.js';
import { pick, structuralWays } from './corruptStructure.ts';

export interface Corrupted {
  /** What was done to the file, for the name of a failure. */
  readonly title: string;
  readonly bytes: Uint8Array;
}

/** One damaged copy of a valid ONNX file: its bytes in a third of the cases, else its structure in one to three places. */
export function corrupt(original: Uint8Array, random: Random): Corrupted {
  const ways = random.integer(3) === 0 ? byteWays : undefined;
  if (ways !== undefined) {
    const [title, damage] = pick(ways, random);
    return { title, bytes: damage(Uint8Array.from(original), random) };
  }
  const model = fromBinary(ModelProtoSchema, Uint8Array.from(original));
  const titles = Array.from({ length: 1 + random.integer(3) }, () => {
    const [title, damage] = pick(structuralWays, random);
    damage(model, random);
    return title;
  });
  return { title: titles.join(', '), bytes: toBinary(ModelProtoSchema, model) };
}

type ByteWay = readonly [title: string, damage: (bytes: Uint8Array, random: Random) => Uint8Array];

const byteWays: readonly ByteWay[] = [
  ['truncated', (bytes, random) => bytes.subarray(0, random.integer(bytes.length))],
  [
    'bits flipped',
    (bytes, random) =>
      change(bytes, random, 1 + random.integer(20), (byte) => byte ^ (1 << random.integer(8))),
  ],
  [
    'head flipped',
    (bytes, random) => {
      const at = random.integer(Math.min(bytes.length, 64));
      bytes[at] = random.integer(256);
      return bytes;
    },
  ],
  [
    'random run',
    (bytes, random) => {
      const start = random.integer(bytes.length);
      const end = Math.min(bytes.length, start + 1 + random.integer(64));
      for (let at = start; at < end; at++) bytes[at] = random.integer(256);
      return bytes;
    },
  ],
  ['zero run', (bytes, random) => bytes.fill(0, random.integer(bytes.length), random.integer(bytes.length))],
  [
    'piece removed',
    (bytes, random) => {
      const start = random.integer(bytes.length);
      return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + random.integer(40))]);
    },
  ],
  [
    'piece repeated',
    (bytes, random) => {
      const start = random.integer(bytes.length);
      return Buffer.concat([bytes.subarray(0, start + random.integer(200)), bytes.subarray(start)]);
    },
  ],
  ['large lengths', (bytes, random) => change(bytes, random, 3, () => 0xff)],
];

function change(bytes: Uint8Array, random: Random, count: number, to: (byte: number) => number): Uint8Array {
  for (let done = 0; done < count; done++) {
    const at = random.integer(bytes.length);
    bytes[at] = to(bytes[at] ?? 0);
  }
  return bytes;
}
