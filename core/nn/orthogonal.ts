import type { Random } from '../base/random.ts';

/**
 * A matrix of `rows` × `columns`, row major, whose rows are orthogonal and of length `scale` (its columns, if there are more
 * rows than columns), uniform among all such matrices: Gram–Schmidt of normal numbers, whose triangular factor has a
 * positive diagonal. Each row is orthogonalised twice, which leaves no more than rounding (Giraud et al. 2005).
 */
export function orthogonalRows(rows: number, columns: number, random: Random, scale = 1): Float32Array {
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  for (let index = 0; index < count; index++) {
    const vector = Float64Array.from({ length }, () => random.normal());
    for (const earlier of [...vectors, ...vectors]) subtractProjection(vector, earlier);
    const norm = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((value) => value / norm));
  }
  const matrix = new Float32Array(rows * columns);
  vectors.forEach((vector, index) => {
    vector.forEach((value, at) => {
      matrix[rows <= columns ? index * columns + at : at * columns + index] = value * scale;
    });
  });
  return matrix;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += (left[at] ?? 0) * (right[at] ?? 0);
  return sum;
}

/** v ← v − (v·u) u, for u of length 1. */
function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const share = dot(vector, unit);
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] ?? 0) - share * (unit[at] ?? 0);
}
