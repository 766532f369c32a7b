import { normals, seededRandom } from '../../core/base/random.ts';
import { float32 } from '../../core/base/tensor.ts';
import { type Graph, int } from '../../core/graph/ir.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import type { InputCard } from '../../core/protocol/card.ts';
import { rawCard } from '../rawCard.ts';

export const [height, width, classes] = [6, 5, 3];
export const size = 3 * height * width;
export const rawInput: InputCard = rawCard(width, height);

/** [classes, size]. */
const weights = normals(seededRandom(17), classes * size);

export const weightsOf = (index: number): Float32Array => weights.subarray(index * size, (index + 1) * size);

/** S_c = Σ_i w_ci x_i, or Σ_i w_ci x_i² / 2. */
export function simpleNet(kind: 'linear' | 'quadratic'): Graph {
  const b = newBuilder();
  const x = b.input('input', { type: 'float32', shape: [1, 3, height, width] }, ['N', 3, height, width]);
  const value = kind === 'linear' ? x : b.add('Mul', [b.add('Mul', [x, x]), b.scalar(0.5)]);
  const rows = b.add('Flatten', [value], { axis: int(1) });
  const matrix = b.setConstant('weights', float32(weights, [classes, size]));
  return b.build([b.add('Gemm', [rows, matrix], { transB: int(1) }, { name: 'logits' })]);
}
