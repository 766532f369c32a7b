/** A layer's activation A and the score's gradient g there, both [1, K, h, w], flat in row-major order. */
export interface LayerValues {
  readonly dims: readonly number[];
  readonly activation: ArrayLike<number>;
  readonly gradient: ArrayLike<number>;
}

const relu = (value: number): number => Math.max(0, value);

/** Calls `visit` for each channel with its places in the flat arrays. */
function channels({ dims }: LayerValues, visit: (places: number[]) => void): void {
  const [, count = 0, height = 0, width = 0] = dims;
  const plane = height * width;
  for (let k = 0; k < count; k++) visit(Array.from({ length: plane }, (_, at) => k * plane + at));
}

/** Chattopadhyay et al. 2018, eq. 13 and 19, term by term. */
export function camPlusPlus(values: LayerValues): number[] {
  const { dims, activation: a, gradient: g } = values;
  const map = new Array<number>((dims[2] ?? 0) * (dims[3] ?? 0)).fill(0);
  channels(values, (places) => {
    const total = places.reduce((sum, at) => sum + (a[at] ?? 0), 0);
    const weight = places.reduce((sum, at) => {
      const slope = g[at] ?? 0;
      const denominator = 2 * slope ** 2 + total * slope ** 3;
      return denominator === 0 ? sum : sum + (slope ** 2 / denominator) * relu(slope);
    }, 0);
    places.forEach((at, place) => {
      map[place] = (map[place] ?? 0) + weight * (a[at] ?? 0);
    });
  });
  return map.map(relu);
}

/** Jiang et al. 2021, eq. 6-8, term by term. */
export function layerCam(values: LayerValues): number[] {
  const { dims, activation: a, gradient: g } = values;
  const map = new Array<number>((dims[2] ?? 0) * (dims[3] ?? 0)).fill(0);
  channels(values, (places) => {
    places.forEach((at, place) => {
      map[place] = (map[place] ?? 0) + relu(g[at] ?? 0) * (a[at] ?? 0);
    });
  });
  return map.map(relu);
}
