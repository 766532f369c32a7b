import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-node';
import { normals, seededRandom } from '../../core/base/random.ts';

/** Path of a file in tests/golden/onnx. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../golden/onnx/${name}`, import.meta.url));
}

export function fixtureBytes(name: string): Uint8Array {
  return readFileSync(fixturePath(name));
}

const options: ort.InferenceSession.SessionOptions = {
  graphOptimizationLevel: 'disabled',
  logSeverityLevel: 4,
};

/** Outputs of a model in ONNX Runtime; a path finds its external data. */
export async function runModel(
  model: Uint8Array | string,
  feeds: Record<string, ort.Tensor>,
): Promise<Record<string, ort.Tensor>> {
  const session =
    typeof model === 'string'
      ? await ort.InferenceSession.create(model, options)
      : await ort.InferenceSession.create(model, options);
  try {
    return { ...(await session.run(feeds)) };
  } finally {
    await session.release();
  }
}

/** Seeded normal numbers under one input name. */
export function randomFeed(name: string, dims: readonly number[], seed = 1): Record<string, ort.Tensor> {
  const length = dims.reduce((product, dim) => product * dim, 1);
  return { [name]: new ort.Tensor('float32', normals(seededRandom(seed), length), dims) };
}

/** The greatest difference of any element of any output; infinite where outputs differ in name, type or shape. */
export function greatestDifference(a: Record<string, ort.Tensor>, b: Record<string, ort.Tensor>): number {
  if (Object.keys(a).join() !== Object.keys(b).join()) return Number.POSITIVE_INFINITY;
  return Math.max(...Object.entries(a).map(([name, value]) => difference(value, b[name])));
}

function difference(a: ort.Tensor, b: ort.Tensor | undefined): number {
  if (b === undefined || a.type !== b.type || a.dims.join() !== b.dims.join())
    return Number.POSITIVE_INFINITY;
  const right = numbers(b);
  return numbers(a).reduce((most, value, index) => {
    const other = right[index] ?? Number.NaN;
    // Infinities and NaN must be the same.
    const distance = Object.is(value, other) ? 0 : Math.abs(value - other) / Math.max(1, Math.abs(value));
    return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(most, distance);
  }, 0);
}

function numbers({ data }: ort.Tensor): number[] {
  return Array.from(data as ArrayLike<number | bigint>, Number);
}
