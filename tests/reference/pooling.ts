import { type Grid, indicesOf, placeOf } from './convolution.ts';

/** Poolings from their definition, in float64, window by window. */
export interface PoolGeometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begins: readonly number[];
  readonly ends: readonly number[];
}

interface Window {
  /** Places in x that the taps read, in row-major order of the taps; padding is left out. */
  readonly places: readonly number[];
  /** How many taps read x or its declared padding, not what lies beyond (ceil mode). */
  readonly padded: number;
}

function windowsOf(x: readonly number[], y: readonly number[], geometry: PoolGeometry): Window[] {
  const { kernel, strides, dilations, begins, ends } = geometry;
  const taps = indicesOf(kernel);
  return indicesOf(y).map(([n = 0, c = 0, ...window]) => {
    const positions = taps.map((tap) =>
      window.map(
        (o, axis) =>
          o * (strides[axis] ?? 1) + (tap[axis] ?? 0) * (dilations[axis] ?? 1) - (begins[axis] ?? 0),
      ),
    );
    const places = positions.map((position) => placeOf(x, [n, c, ...position])).filter((place) => place >= 0);
    const padded = positions.filter((position) =>
      position.every((at, axis) => at >= -(begins[axis] ?? 0) && at < (x[axis + 2] ?? 0) + (ends[axis] ?? 0)),
    );
    return { places, padded: padded.length };
  });
}

/** For each window the place in x of its first maximum in row-major order. */
export function firstMaxima(x: Grid, y: readonly number[], geometry: PoolGeometry): number[] {
  return windowsOf(x.dims, y, geometry).map(({ places }) =>
    places.reduce((best, place) => ((x.data[place] ?? 0) > (x.data[best] ?? 0) ? place : best)),
  );
}

/** The cotangent of x: each window's ct goes to its first maximum. */
export function maxPoolGradient(x: Grid, ct: Grid, geometry: PoolGeometry): Grid {
  const data = x.data.map(() => 0);
  firstMaxima(x, ct.dims, geometry).forEach((place, window) => {
    data[place] = (data[place] ?? 0) + (ct.data[window] ?? 0);
  });
  return { dims: x.dims, data };
}

/** The value of `v` at the first maximum of x in each window. */
export function gatherAtMaxima(x: Grid, v: Grid, y: readonly number[], geometry: PoolGeometry): Grid {
  return { dims: y, data: firstMaxima(x, y, geometry).map((place) => v.data[place] ?? 0) };
}

export function averagePool(
  x: Grid,
  y: readonly number[],
  geometry: PoolGeometry,
  includePad: boolean,
): Grid {
  const data = windowsOf(x.dims, y, geometry).map(({ places, padded }) => {
    const sum = places.reduce((total, place) => total + (x.data[place] ?? 0), 0);
    return sum / (includePad ? padded : places.length);
  });
  return { dims: y, data };
}

/** The cotangent of x: each window's ct is shared among the positions it averages. */
export function averagePoolGradient(
  ct: Grid,
  x: readonly number[],
  geometry: PoolGeometry,
  includePad: boolean,
): Grid {
  const data = new Array<number>(x.reduce((product, size) => product * size, 1)).fill(0);
  windowsOf(x, ct.dims, geometry).forEach(({ places, padded }, window) => {
    const share = (ct.data[window] ?? 0) / (includePad ? padded : places.length);
    for (const place of places) data[place] = (data[place] ?? 0) + share;
  });
  return { dims: x, data };
}
