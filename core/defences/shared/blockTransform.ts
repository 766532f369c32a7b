import { float32 } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { int } from '../../graph/ir.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { reshaped } from '../../ops/shared/movement.ts';

/** Side of a block. */
export const blockSize = 8;
const coefficients = blockSize ** 2;

/** A hair more than 1: halves are rounded away from zero, as libjpeg does, where Round would choose the even neighbour. */
const awayFromZero = 1 + 2 ** -20;

/**
 * What is left of planes after their 8×8 DCT coefficients have been rounded to multiples of `steps`:
 * x' = Dᵀ (q ⊙ round(D (x − 128) ⊘ q)) + 128, rounded to whole numbers from 0 to 255.
 *
 * D (x − 128) is rounded to eighths first: libjpeg's integer transform keeps no more.
 * The blocks become channels, [N, C, H, W] → [N·C, 64, H/8, W/8], so that D is a 1×1 convolution.
 *
 * @param planes [N, C, H, W], whole numbers from 0 to 255; H and W are multiples of 8.
 * @param steps the 64 quantization steps, row by row.
 */
export function quantizedBlocks(b: GraphBuilder, planes: string, steps: readonly number[]): string {
  const { add, mul, sub } = arithmetic(b);
  const shape = b.shapeOf(planes);
  const [batch = 1, channels = 1, height = 0, width = 0] = shape;
  const blocksize = int(blockSize);
  const single = reshaped(b, sub(planes, 128), [batch * channels, 1, height, width]);
  const blocks = b.add('SpaceToDepth', [single], { blocksize });
  const transform = cosineTransform();
  const eighths = b.add('Round', [mul(b.add('Conv', [blocks, kernel(b, transform)]), 8)]);
  const perStep = (values: readonly number[]): string =>
    b.constant(float32(values, [1, coefficients, 1, 1]), 'quantization');
  const levels = b.add('Round', [mul(eighths, perStep(steps.map((step) => awayFromZero / (8 * step))))]);
  const inverse = transposed(transform);
  const decoded = b.add('Conv', [mul(levels, perStep(steps)), kernel(b, inverse)]);
  const rounded = b.add('Round', [add(b.add('DepthToSpace', [decoded], { blocksize }), 128)]);
  return reshaped(b, b.add('Clip', [rounded, b.scalar(0), b.scalar(255)]), shape);
}

/**
 * D[8u + v][8y + x] = c(u) c(v)/4 · cos((2y + 1)uπ/16) cos((2x + 1)vπ/16), c(0) = 1/√2, else 1 (T.81, A.3.3). Orthonormal,
 * so the inverse is its transpose.
 */
function cosineTransform(): number[][] {
  const wave = (frequency: number, at: number): number =>
    (frequency === 0 ? Math.SQRT1_2 : 1) * Math.cos(((2 * at + 1) * frequency * Math.PI) / (2 * blockSize));
  const places = Array.from({ length: coefficients }, (_, index) => ({
    row: Math.floor(index / blockSize),
    column: index % blockSize,
  }));
  return places.map((u) => places.map((x) => (wave(u.row, x.row) * wave(u.column, x.column)) / 4));
}

const transposed = (matrix: readonly (readonly number[])[]): number[][] =>
  matrix.map((_, column) => matrix.map((row) => row[column] ?? 0));

const kernel = (b: GraphBuilder, matrix: readonly (readonly number[])[]): string =>
  b.constant(float32(matrix.flat(), [coefficients, coefficients, 1, 1]), 'cosineTransform');
