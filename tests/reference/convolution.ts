/**
 * Convolutions from their definition, in float64, by loops over every number: slow, and nothing in common
 * with the compiler but the definition.
 */

/** Numbers in row-major order. */
export interface Grid {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

export interface Geometry {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding at the beginning of each axis. */
  readonly begins: readonly number[];
  readonly group: number;
}

/** All index tuples of `dims` in row-major order. */
export function indicesOf(dims: readonly number[]): number[][] {
  return dims.reduce<number[][]>(
    (partial, size) => partial.flatMap((some) => Array.from({ length: size }, (_, at) => [...some, at])),
    [[]],
  );
}

/** Row-major place of an index tuple, or −1 outside of `dims`. */
export function placeOf(dims: readonly number[], index: readonly number[]): number {
  return dims.reduce((place, size, axis) => {
    const at = index[axis] ?? 0;
    return place < 0 || at < 0 || at >= size ? -1 : place * size + at;
  }, 0);
}

/** One product of the trilinear sum: the places of a number of x, of w and of y that belong together. */
type Visit = (x: number, w: number, y: number) => void;

/** Visits every (x, w, y) such that y[n, m, o] contains w[m, c, k] · x[n, g·C/group + c, o·s + k·d − p]. */
function visitProducts(
  dims: { x: readonly number[]; w: readonly number[]; y: readonly number[] },
  { strides, dilations, begins, group }: Geometry,
  visit: Visit,
): void {
  const [outputs = 1, perGroup = 1, ...kernel] = dims.w;
  const taps = indicesOf(kernel);
  indicesOf(dims.y).forEach(([n = 0, m = 0, ...window], y) => {
    const firstChannel = Math.floor(m / (outputs / group)) * perGroup;
    for (let c = 0; c < perGroup; c++) {
      taps.forEach((tap, k) => {
        const position = window.map(
          (o, axis) =>
            o * (strides[axis] ?? 1) + (tap[axis] ?? 0) * (dilations[axis] ?? 1) - (begins[axis] ?? 0),
        );
        const x = placeOf(dims.x, [n, firstChannel + c, ...position]);
        if (x >= 0) visit(x, (m * perGroup + c) * taps.length + k, y);
      });
    }
  });
}

function accumulated(dims: readonly number[], fill: (data: number[]) => void): Grid {
  const data = new Array<number>(dims.reduce((product, size) => product * size, 1)).fill(0);
  fill(data);
  return { dims, data };
}

/** y of shape `dims`, without a bias. */
export function convolve(x: Grid, w: Grid, dims: readonly number[], geometry: Geometry): Grid {
  return accumulated(dims, (y) => {
    visitProducts({ x: x.dims, w: w.dims, y: dims }, geometry, (from, by, to) => {
      y[to] = (y[to] ?? 0) + (x.data[from] ?? 0) * (w.data[by] ?? 0);
    });
  });
}

/** The cotangent of x, of shape `dims`; also what a transposed convolution computes. */
export function inputGradient(ct: Grid, w: Grid, dims: readonly number[], geometry: Geometry): Grid {
  return accumulated(dims, (dx) => {
    visitProducts({ x: dims, w: w.dims, y: ct.dims }, geometry, (to, by, from) => {
      dx[to] = (dx[to] ?? 0) + (ct.data[from] ?? 0) * (w.data[by] ?? 0);
    });
  });
}

/** The cotangent of w, of shape `dims`. */
export function weightGradient(x: Grid, ct: Grid, dims: readonly number[], geometry: Geometry): Grid {
  return accumulated(dims, (dw) => {
    visitProducts({ x: x.dims, w: dims, y: ct.dims }, geometry, (from, to, by) => {
      dw[to] = (dw[to] ?? 0) + (x.data[from] ?? 0) * (ct.data[by] ?? 0);
    });
  });
}

/** The cotangent of the bias: the sum over the batch and space. */
export function biasGradient({ dims, data }: Grid): Grid {
  return accumulated([dims[1] ?? 1], (sum) => {
    indicesOf(dims).forEach(([, m = 0], at) => {
      sum[m] = (sum[m] ?? 0) + (data[at] ?? 0);
    });
  });
}
