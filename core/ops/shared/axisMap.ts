import { sizeOf } from '../../base/shape.ts';
import { float32 } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { reshaped } from './movement.ts';

/** A row-major matrix that is known when the graph is compiled. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

export function transposeMatrix({ rows, columns, data }: Matrix): Matrix {
  const flipped = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      flipped[column * rows + row] = data[row * columns + column] ?? 0;
    }
  }
  return { rows: columns, columns: rows, data: flipped };
}

/** The matrix that picks, for row i, the element `sources[i]`; −1 picks nothing. */
export function selectionMatrix(sources: readonly number[], columns: number): Matrix {
  const data = new Float32Array(sources.length * columns);
  sources.forEach((source, row) => {
    if (source >= 0) data[row * columns + source] = 1;
  });
  return { rows: sources.length, columns, data };
}

/**
 * y[…, i, …] = Σⱼ M[i, j]·x[…, j, …] along one axis, as a MatMul. The last axis is multiplied from the
 * right by Mᵀ; any other is the second to last of the view [before, axis, after] and needs no transposition.
 */
export function mapAxis(b: GraphBuilder, x: string, axis: number, matrix: Matrix): string {
  const shape = b.shapeOf(x);
  if (axis === shape.length - 1) {
    return b.add('MatMul', [x, constantMatrix(b, transposeMatrix(matrix))]);
  }
  const left = constantMatrix(b, matrix);
  if (axis === shape.length - 2) return b.add('MatMul', [left, x]);
  const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)];
  const view = reshaped(b, x, [sizeOf(before), matrix.columns, sizeOf(after)]);
  return reshaped(b, b.add('MatMul', [left, view]), [...before, matrix.rows, ...after]);
}

function constantMatrix(b: GraphBuilder, { rows, columns, data }: Matrix): string {
  return b.constant(float32(data, [rows, columns]), 'axisMap');
}
