import { LoupeError } from '../../base/errors.ts';

/**
 * The x with Ax = b, by Gaussian elimination with partial pivoting in double precision.
 *
 * @throws LoupeError badArgument where A is singular.
 */
export function solve(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, index) => [...row, b[index] ?? 0]);
  const size = rows.length;
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row;
    }
    const [chosen = [], replaced = []] = [rows[pivot], rows[column]];
    rows[column] = chosen;
    rows[pivot] = replaced;
    const scale = at(column, column);
    if (scale === 0) throw new LoupeError('badArgument', 'The linear system has no single solution.');
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = at(row, column) / scale;
      rows[row] = (rows[row] ?? []).map((value, index) => value - factor * at(column, index));
    }
  }
  return rows.map((_, row) => at(row, size) / at(row, row));
}
