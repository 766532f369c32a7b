/** A mask as it was drawn: zeros and ones of the grid, and where the enlarged grid is cut. */
export interface DrawnMask {
  readonly cells: ArrayLike<number>;
  readonly top: number;
  readonly left: number;
}

export interface RiseQuestion {
  /** [C, H, W], and what masked pixels take, one number a channel. */
  readonly image: readonly number[];
  readonly zero: readonly number[];
  readonly height: number;
  readonly width: number;
  readonly grid: number;
  readonly probability: number;
  readonly score: (image: readonly number[]) => number;
}

/** Petsiuk et al. 2018: the map of eq. 6, the same with scores less their mean, and the standard error of the latter. */
export function riseOf(question: RiseQuestion, drawn: readonly DrawnMask[]) {
  const { image, zero, height, width, probability, score } = question;
  const plane = height * width;
  const masks = drawn.map((mask) => enlarged(question, mask));
  const scores = masks.map((mask) =>
    score(
      image.map((value, at) => {
        const nothing = zero[Math.floor(at / plane)] ?? 0;
        return nothing + (value - nothing) * (mask[at % plane] ?? 0);
      }),
    ),
  );
  const mean = average(scores);
  const pixels = Array.from({ length: plane }, (_, at) => at);
  const termsOf = (at: number, centre: number): number[] =>
    masks.map((mask, index) => (((scores[index] ?? 0) - centre) * (mask[at] ?? 0)) / probability);
  return {
    mean,
    attribution: pixels.map((at) => average(termsOf(at, 0))),
    map: pixels.map((at) => average(termsOf(at, mean))),
    standardError: average(
      pixels.map((at) => {
        const terms = termsOf(at, mean);
        const centre = average(terms);
        const squares = terms.reduce((sum, term) => sum + (term - centre) ** 2, 0);
        return Math.sqrt(squares / (terms.length - 1) / terms.length);
      }),
    ),
  };
}

const average = (values: readonly number[]): number =>
  values.reduce((left, right) => left + right, 0) / values.length;

/** Bilinear interpolation with half-pixel centres of s × s cells to (s + 1) · ⌈H/s⌉ by (s + 1) · ⌈W/s⌉, then the cut. */
function enlarged({ height, width, grid }: RiseQuestion, { cells, top, left }: DrawnMask): number[] {
  const tall = (grid + 1) * Math.ceil(height / grid);
  const wide = (grid + 1) * Math.ceil(width / grid);
  const cell = (row: number, column: number): number => {
    const [i, j] = [row, column].map((place) => Math.min(grid - 1, Math.max(0, place)));
    return cells[(i ?? 0) * grid + (j ?? 0)] ?? Number.NaN;
  };
  const mask: number[] = [];
  for (let row = top; row < top + height; row++) {
    for (let column = left; column < left + width; column++) {
      const v = ((row + 0.5) * grid) / tall - 0.5;
      const u = ((column + 0.5) * grid) / wide - 0.5;
      const [i, j] = [Math.floor(v), Math.floor(u)];
      const upper = cell(i, j) * (1 - (u - j)) + cell(i, j + 1) * (u - j);
      const lower = cell(i + 1, j) * (1 - (u - j)) + cell(i + 1, j + 1) * (u - j);
      mask.push(upper * (1 - (v - i)) + lower * (v - i));
    }
  }
  return mask;
}
