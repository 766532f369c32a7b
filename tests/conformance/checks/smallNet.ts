import { writeFileSync } from 'node:fs';
import { normals, seededRandom } from '../../../core/base/random.ts';
import { sizeOf } from '../../../core/base/shape.ts';
import { float32 } from '../../../core/base/tensor.ts';
import { int, ints } from '../../../core/graph/ir.ts';
import { saveOnnx } from '../../../core/graph/onnx/save.ts';
import { newBuilder } from '../../../core/ops/registry.ts';

export interface SmallNetOptions {
  /** Width and height of its RGB input. */
  readonly side: number;
  readonly seed: number;
  readonly classes?: number;
}

/** Saves a network of two convolutions with ReLU, max-pooling, global average pooling and a linear layer, and its card; returns the path. */
export function saveSmallNet(path: string, { side, seed, classes = 5 }: SmallNetOptions): string {
  const b = newBuilder();
  const random = seededRandom(seed);
  const weight = (name: string, ...dims: number[]): string => {
    const scale = Math.sqrt(2 / sizeOf(dims.slice(1)));
    return b.setConstant(name, float32(normals(random, sizeOf(dims), scale), dims));
  };
  const same = { pads: ints([1, 1, 1, 1]) };
  const pool = { kernel_shape: ints([2, 2]), strides: ints([2, 2]) };
  b.input('input', { type: 'float32', shape: [1, 3, side, side] }, ['N', 3, side, side]);
  const first = b.add('Conv', ['input', weight('w1', 6, 3, 3, 3), weight('b1', 6)], same, {
    name: 'stage1/Conv',
  });
  const active = b.add('Relu', [first], {}, { name: 'stage1/Relu' });
  const pooled = b.add('MaxPool', [active], pool, { name: 'pool1' });
  const second = b.add('Conv', [pooled, weight('w2', 8, 6, 3, 3), weight('b2', 8)], same, {
    name: 'stage2/Conv',
  });
  const maps = b.add('Relu', [second], {}, { name: 'stage2/Relu' });
  const features = b.add('Flatten', [b.add('GlobalAveragePool', [maps])], { axis: int(1) });
  const transposed = { transB: int(1) };
  const logits = b.add('Gemm', [features, weight('w3', classes, 8), weight('b3', classes)], transposed, {
    name: 'logits',
  });
  saveOnnx(b.build([logits]), path);
  const input = { range: [0, 1], mean: [0.5, 0.4, 0.3], std: [0.25, 0.3, 0.2], resize: { mode: 'none' } };
  writeFileSync(path.replace('.onnx', '.card.json'), JSON.stringify({ input }));
  return path;
}
