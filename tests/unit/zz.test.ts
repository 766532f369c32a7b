import { test } from 'vitest';
import { LoupeError } from '../../core/base/errors.ts';
import { seededRandom } from '../../core/base/random.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import { encodeOnnx } from '../../core/graph/onnx/encode.ts';
import { corrupt } from './corrupt.ts';
import { fixtureBytes } from './onnxFixtures.ts';
test('x', () => {
  const originals = ['small.onnx', 'opset11.onnx', 'functions.onnx', 'opset7.onnx', 'opset24.onnx', 'opset18.onnx'].map(fixtureBytes);
  const random = seededRandom(77);
  const slow: [number, string, string][] = []; let tc = 0, td = 0;
  const msgs = new Map<string, number>();
  for (let i = 0; i < 5000; i++) {
    const a = performance.now();
    const { title, bytes } = corrupt(originals[i % originals.length]!, random);
    const b = performance.now();
    let m = 'ok';
    try { encodeOnnx(decodeOnnx(bytes)); } catch (e) { if (!(e instanceof LoupeError)) throw e; m = e.message.replaceAll(/"[^"]*"/g, '"…"').replaceAll(/\d+/g, '#').slice(0, 160); }
    msgs.set(m, (msgs.get(m) ?? 0) + 1);
    const c = performance.now(); tc += b - a; td += c - b;
    slow.push([c - b, title, m]);
  }
  slow.sort((x, y) => y[0] - x[0]);
  console.log(tc, td, slow.slice(0, 12));
  console.log([...msgs].sort((x, y) => y[1] - x[1]).map(([m, c]) => `${c} ${m}`).join('\n'));
}, 200000);
