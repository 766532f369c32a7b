import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { LoupeError } from '../../core/base/errors.ts';
import { encodeOnnx } from '../../core/graph/onnx/encode.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import { openOnnx } from '../../core/graph/onnx/open.ts';
import { saveOnnx } from '../../core/graph/onnx/save.ts';
import type { Graph } from '../../core/graph/ir.ts';
import { sharedFile } from '../shared.ts';
import { fixtureBytes, fixturePath, greatestDifference, randomFeed, runModel } from './onnxFixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'loupe-round-trip-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const opsets = [7, 9, 10, 11, 12, 13, 17, 18, 20, 22, 24].map((opset) => `opset${opset}.onnx`);
const others = ['constants.onnx', 'halves.onnx', 'functions.onnx', 'small.onnx'];

function opTypesOf(graph: Graph): Set<string> {
  return new Set(graph.nodes.map((node) => node.opType));
}

describe('a model that was read and written computes the same in ONNX Runtime', () => {
  test.each([...opsets, ...others])('%s', async (name) => {
    const bytes = fixtureBytes(name);
    const graph = decodeOnnx(bytes);
    const feed = randomFeed('x', [2, 8, 6, 6]);
    const wanted = await runModel(bytes, feed);
    expect(Object.keys(wanted)).toEqual(graph.outputs);
    const received = await runModel(encodeOnnx(graph), feed);
    expect(greatestDifference(wanted, received)).toBeLessThan(1e-6);
  });

  test('external.onnx, whose weights are in another file', async () => {
    const path = fixturePath('external.onnx');
    const feed = randomFeed('x', [2, 8, 6, 6]);
    const received = await runModel(encodeOnnx(openOnnx(path)), feed);
    expect(greatestDifference(await runModel(path, feed), received)).toBe(0);
  });

  test('saved with its weights in one file, and in two', async () => {
    const graph = openOnnx(fixturePath('halves.onnx'));
    const feed = randomFeed('x', [2, 8, 6, 6]);
    const wanted = await runModel(fixtureBytes('halves.onnx'), feed);
    saveOnnx(graph, join(folder, 'one.onnx'));
    saveOnnx(graph, join(folder, 'two.onnx'), { largestModelBytes: 1000 });
    expect(readdirSync(folder).sort()).toEqual(['one.onnx', 'two.onnx', 'two.onnx.data']);
    for (const name of ['one.onnx', 'two.onnx']) {
      const path = join(folder, name);
      expect(greatestDifference(wanted, await runModel(path, feed))).toBe(0);
      expect(greatestDifference(wanted, await runModel(encodeOnnx(openOnnx(path)), feed))).toBe(0);
    }
  });

  test('a save that fails leaves the old file and nothing else', () => {
    const own = mkdtempSync(join(folder, 'failing-'));
    const path = join(own, 'model.onnx');
    const graph = decodeOnnx(fixtureBytes('small.onnx'));
    saveOnnx(graph, path);
    const old = readFileSync(path);
    const unreadable = {
      type: 'float32' as const,
      dims: [5000],
      get data(): Float32Array {
        throw new Error('the disk is gone');
      },
    };
    const failing = { ...graph, constants: new Map([...graph.constants, ['lost', unreadable]]) };
    expect(() => {
      saveOnnx(failing, path);
    }).toThrow(`The model ${path} could not be written: the disk is gone.`);
    expect(readdirSync(own)).toEqual(['model.onnx']);
    expect(readFileSync(path)).toEqual(old);
    rmSync(own, { recursive: true });
    expect(() => {
      saveOnnx(graph, path);
    }).toThrow(LoupeError);
  });

  test('a comparison of different outputs fails', async () => {
    const bytes = fixtureBytes('small.onnx');
    const one = await runModel(bytes, randomFeed('x', [2, 8, 6, 6], 1));
    const two = await runModel(bytes, randomFeed('x', [2, 8, 6, 6], 2));
    expect(greatestDifference(one, two)).toBeGreaterThan(1e-3);
    expect(greatestDifference(one, one)).toBe(0);
  });
});

test('reading what was written changes nothing', () => {
  for (const name of [...opsets, ...others]) {
    const once = decodeOnnx(fixtureBytes(name));
    const twice = decodeOnnx(encodeOnnx(once));
    expect(twice.nodes).toEqual(once.nodes);
    expect([...twice.constants.keys()]).toEqual([...once.constants.keys()]);
    expect(twice.inputs).toEqual(once.inputs);
  }
});

test('a float16 graph is computed in float32', async () => {
  const graph = decodeOnnx(fixtureBytes('float16.onnx'));
  expect(graph.inputs).toEqual([{ name: 'x', type: 'float32', dims: [3] }]);
  const x = randomFeed('x', [3]);
  const { y } = await runModel(encodeOnnx(graph), x);
  const values = Array.from(x['x']?.data as Float32Array);
  expect(Array.from(y?.data as Float32Array)).toEqual(
    [0.5, -2, 3].map((w, index) => Math.fround(w * (values[index] ?? 0))),
  );
});

test('operators of other opsets are gone after reading', () => {
  expect(opTypesOf(decodeOnnx(fixtureBytes('opset7.onnx')))).not.toContain('Upsample');
  expect(opTypesOf(decodeOnnx(fixtureBytes('opset9.onnx')))).not.toContain('Scatter');
  expect(
    [...opTypesOf(decodeOnnx(fixtureBytes('opset24.onnx')))].filter((name) => /Swish|RMS/.test(name)),
  ).toEqual([]);
});

const models = [
  ['mnist_cnn_forge', [1, 1, 28, 28]],
  ['mobilenet_v2_1.0_224', [1, 3, 224, 224]],
  ['resnet20_cifar10', [2, 3, 32, 32]],
  ['resnet20_cifar10_folded', [2, 3, 32, 32]],
  ['robust_mnist', [1, 1, 28, 28]],
  ['squeezenet1_1', [1, 3, 224, 224]],
] as const;

describe.each(models)('the shared model %s', (name, dims) => {
  const path = sharedFile(`models/${name}.onnx`);
  test.skipIf(path === undefined)('computes the same after reading and writing', async () => {
    const feed = randomFeed('input', dims);
    const received = await runModel(encodeOnnx(openOnnx(path ?? '')), feed);
    expect(greatestDifference(await runModel(path ?? '', feed), received)).toBeLessThan(1e-6);
  });
});
