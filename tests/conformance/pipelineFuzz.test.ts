import { expect, test } from 'vitest';
import { emitExplanations } from '../../core/attribution/emit.ts';
import { LoupeError } from '../../core/base/errors.ts';
import { type Random, normals, seededRandom } from '../../core/base/random.ts';
import { float32, int64, tensor } from '../../core/base/tensor.ts';
import { int, ints } from '../../core/graph/ir.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import { encodeOnnx } from '../../core/graph/onnx/encode.ts';
import { imageInput, buildNetwork } from '../../core/model/network.ts';
import { targetInput } from '../../core/model/objective.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import type { InputCard } from '../../core/protocol/card.ts';
import { topClass } from '../../core/protocol/target.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { corrupt } from '../unit/corrupt.ts';

const files = 1000;
const longestMilliseconds = 5000;

const card: InputCard = {
  width: 12,
  height: 12,
  channels: 3,
  colourOrder: 'RGB',
  layout: 'NCHW',
  resize: { mode: 'stretch' },
  range: [0, 1],
  mean: [0.5, 0.5, 0.5],
  std: [0.2, 0.2, 0.2],
};

/** A small network with the operators that most networks are made of. */
function originalNetwork(): Uint8Array {
  const random = seededRandom(3);
  const b = newBuilder();
  const weights = (...dims: number[]): string =>
    b.constant(
      tensor(
        'float32',
        normals(
          random,
          dims.reduce((p, d) => p * d, 1),
          0.3,
        ),
        dims,
      ),
      'weights',
    );
  const x = b.input('input', { type: 'float32', shape: [1, 3, 12, 12] }, ['N', 3, 12, 12]);
  const first = b.add('Relu', [
    b.add('Conv', [x, weights(8, 3, 3, 3), weights(8)], { pads: ints([1, 1, 1, 1]) }),
  ]);
  const pooled = b.add('MaxPool', [first], {
    kernel_shape: ints([3, 3]),
    strides: ints([2, 2]),
    ceil_mode: int(1),
  });
  const one = b.add('BatchNormalization', [
    pooled,
    ...[1, 2, 3].map(() => weights(8)),
    b.constant(float32(new Float32Array(8).fill(1))),
  ]);
  const two = b.add('Conv', [pooled, weights(8, 4, 1, 1)], { group: int(2) });
  const joined = b.add('Concat', [one, b.add('Clip', [two, b.scalar(0), b.scalar(6)])], { axis: int(1) });
  const features = b.add('Flatten', [b.add('GlobalAveragePool', [joined])]);
  const logits = b.add('Gemm', [features, weights(5, 16), weights(5)], { transB: int(1) });
  return encodeOnnx(b.build([b.add('Softmax', [logits])]));
}

/** Everything that `loupe explain` does with a model file, on one image. */
async function explain(bytes: Uint8Array, random: Random): Promise<void> {
  const network = buildNetwork(decodeOnnx(bytes), card, 1);
  const methods = [
    { id: 'gradient', params: {} },
    { id: 'gradCam', params: {} },
  ];
  const runtime = new Runtime({ threads: 1 });
  try {
    const { graph } = emitExplanations(network, methods, topClass, { classInput: true });
    const program = await runtime.compile(graph);
    const image = float32(
      Float32Array.from({ length: 432 }, () => random.uniform()),
      [1, 3, 12, 12],
    );
    await program.run({ [imageInput]: image, [targetInput]: int64([-1]) });
  } finally {
    await runtime.dispose();
  }
}

test(`${files} corrupted networks are explained or refused with a sentence, each within five seconds`, async () => {
  const random = seededRandom(20_261_124);
  const original = originalNetwork();
  const complaints: string[] = [];
  let explained = 0;
  for (let index = 0; index < files; index++) {
    const { title, bytes } = corrupt(original, random);
    const start = performance.now();
    try {
      await explain(bytes, random);
      explained++;
    } catch (error) {
      const refused =
        error instanceof LoupeError && error.code !== 'internal' && !error.message.includes('\n');
      if (!refused) complaints.push(`file ${index} (${title}): ${String(error)}`);
    }
    const took = performance.now() - start;
    if (took > longestMilliseconds) complaints.push(`file ${index} (${title}) took ${took} ms`);
  }
  expect(complaints).toEqual([]);
  expect(explained).toBeGreaterThan(files / 10);
  expect(explained).toBeLessThan(files / 2);
}, 240_000);
