import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { LoupeError } from '../../core/base/errors.ts';
import { seededRandom } from '../../core/base/random.ts';
import type { Graph } from '../../core/graph/ir.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import { encodeOnnx } from '../../core/graph/onnx/encode.ts';
import { openOnnx } from '../../core/graph/onnx/open.ts';
import { verifyGraph } from '../../core/graph/verify.ts';
import { corrupt } from './corrupt.ts';
import { fixtureBytes } from './onnxFixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'loupe-fuzz-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const originals = ['small.onnx', 'opset11.onnx', 'functions.onnx'].map(fixtureBytes);
const files = 1000;
const longestMilliseconds = 1000;

/** Reads a damaged file, and writes and verifies what came of it; the sentence if it was refused. */
function outcome(read: () => Graph): 'read' | LoupeError {
  try {
    const graph = read();
    verifyGraph(graph);
    for (const { data, dims } of graph.constants.values()) {
      expect(data.length).toBe(dims.reduce((product, dim) => product * dim, 1));
    }
    encodeOnnx(graph);
    return 'read';
  } catch (error) {
    if (error instanceof LoupeError) return error;
    throw error;
  }
}

/** One line that says what is wrong, with a full stop, and nothing that only a program would say. */
const sentence = /^[A-Z"].{20,900}[.?]$/u;
const gibberish = /undefined|\[object|NaN|TypeError|at \/|null/;

/** What is wrong with how a file was received; undefined if nothing is. */
function complaint(result: 'read' | LoupeError, milliseconds: number): string | undefined {
  if (milliseconds > longestMilliseconds) return `took ${milliseconds} ms`;
  if (result === 'read') return undefined;
  const { code, message } = result;
  const isSentence = sentence.test(message) && !gibberish.test(message) && code !== 'internal';
  return isSentence ? undefined : `${code}: ${message}`;
}

test(`${files} corrupted files are read or refused with a sentence, each within a second`, () => {
  const random = seededRandom(20_240_229);
  const complaints: string[] = [];
  const counts = { read: 0, refused: 0 };
  for (let index = 0; index < files; index++) {
    const { title, bytes } = corrupt(originals[index % originals.length] ?? new Uint8Array(), random);
    const path = join(folder, 'corrupted.onnx');
    writeFileSync(path, bytes);
    for (const read of [() => decodeOnnx(bytes, { directory: folder }), () => openOnnx(path)]) {
      const start = performance.now();
      const result = outcome(read);
      const found = complaint(result, performance.now() - start);
      if (found !== undefined) complaints.push(`file ${index} (${title}): ${found}`);
      counts[result === 'read' ? 'read' : 'refused']++;
    }
  }
  expect(complaints).toEqual([]);
  // Were everything refused at the door, nothing behind it would be tested.
  expect(counts.read).toBeGreaterThan(files / 5);
  expect(counts.refused).toBeGreaterThan(files);
}, 120_000);

test('the same seed damages files in the same way', () => {
  const [original = new Uint8Array()] = originals;
  const make = () => {
    const random = seededRandom(5);
    return Array.from({ length: 20 }, () => corrupt(original, random));
  };
  expect(make()).toEqual(make());
});
