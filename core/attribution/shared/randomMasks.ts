import type { Random } from '../../base/random.ts';

/** A random mask of `height` by `width`, not yet enlarged. */
export interface MaskSeed {
  /** grid · grid zeros and ones. */
  readonly cells: Float32Array;
  /** How far into the enlarged grid the mask begins, in pixels. */
  readonly top: number;
  readonly left: number;
}

/** How a grid of s cells is enlarged along an axis: bilinearly to (s + 1) · cell pixels, of which any `length` in a row can be cut. */
export interface Enlargement {
  readonly cell: number;
  /** [(s + 1) · cell, s]: the weights of the cells in each pixel, row by row; half-pixel centres, the border repeated. */
  readonly matrix: Float64Array;
}

/** `length` is a multiple of the cells in the paper; elsewhere the cell is rounded up, so that every cut fits. */
export function enlargement(length: number, grid: number): Enlargement {
  const cell = Math.ceil(length / grid);
  const pixels = (grid + 1) * cell;
  const matrix = new Float64Array(pixels * grid);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const place = Math.min(Math.max(((pixel + 0.5) * grid) / pixels - 0.5, 0), grid - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, grid - 1);
    matrix[pixel * grid + below] = 1 - (place - below);
    matrix[pixel * grid + above] = (matrix[pixel * grid + above] ?? 0) + (place - below);
  }
  return { cell, matrix };
}

export interface MaskShape {
  readonly grid: number;
  /** Probability that a cell is one. */
  readonly probability: number;
  readonly rows: Enlargement;
  readonly columns: Enlargement;
}

/** Draws a mask: cells independently, then a shift by up to a cell (Petsiuk et al. 2018, sec. 3.2). */
export function drawMask(random: Random, { grid, probability, rows, columns }: MaskShape): MaskSeed {
  const cells = Float32Array.from({ length: grid * grid }, () => Number(random.uniform() < probability));
  const top = random.integer(rows.cell + 1);
  const left = random.integer(columns.cell + 1);
  return { cells, top, left };
}
