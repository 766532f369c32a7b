import type { Grid } from './convolution.ts';

/** The inverse real DFT as NumPy's irfft2 defines it, in float64, of coefficients [H, K] for a picture [H, W], K = ⌊W/2⌋ + 1. */
export function irfft2(
  real: ArrayLike<number>,
  imaginary: ArrayLike<number>,
  [height, width]: readonly [number, number],
): number[] {
  const half = Math.floor(width / 2) + 1;
  const turn = (share: number): [number, number] => [
    Math.cos(2 * Math.PI * share),
    Math.sin(2 * Math.PI * share),
  ];
  const picture: number[] = [];
  for (let y = 0; y < height; y++) {
    // The complex inverse along the columns …
    const row = Array.from({ length: half }, (_, k): [number, number] => {
      let [re, im] = [0, 0];
      for (let l = 0; l < height; l++) {
        const [c, s] = turn((y * l) / height);
        const [a, b] = [real[l * half + k] ?? 0, imaginary[l * half + k] ?? 0];
        re += (a * c - b * s) / height;
        im += (a * s + b * c) / height;
      }
      return [re, im];
    });
    // … then the real one along the row, whose missing half is the conjugate of the first.
    const whole = Array.from({ length: width }, (_, k): [number, number] => {
      const [re, im] = row[Math.min(k, width - k)] ?? [0, 0];
      if (k === 0 || 2 * k === width) return [re, 0];
      return [re, 2 * k < width ? im : -im];
    });
    for (let x = 0; x < width; x++) {
      picture.push(
        whole.reduce((sum, [re, im], k) => {
          const [c, s] = turn((x * k) / width);
          return sum + (re * c - im * s) / width;
        }, 0),
      );
    }
  }
  return picture;
}

/** Pictures seen through an affine map, pixel by pixel: bilinear, mid-grey outside. `affine` [3, 2] as GridSample counts. */
export function seenThrough(
  picture: Grid,
  affine: ArrayLike<number>,
  canvas: readonly [number, number],
): Grid {
  const [batch = 1, channels = 1, height = 1, width = 1] = picture.dims;
  const data: number[] = [];
  for (let plane = 0; plane < batch * channels; plane++) {
    const at = (y: number, x: number): number =>
      y < 0 || x < 0 || y >= height || x >= width
        ? 0.5
        : (picture.data[(plane * height + y) * width + x] ?? 0);
    for (let row = 0; row < canvas[0]; row++) {
      for (let column = 0; column < canvas[1]; column++) {
        const q = [column - (canvas[1] - 1) / 2, row - (canvas[0] - 1) / 2, 1];
        const [gx = 0, gy = 0] = [0, 1].map((axis) =>
          q.reduce((sum, value, index) => sum + value * (affine[2 * index + axis] ?? 0), 0),
        );
        const [u, v] = [((gx + 1) * width - 1) / 2, ((gy + 1) * height - 1) / 2];
        const [x, y] = [Math.floor(u), Math.floor(v)];
        const [fx, fy] = [u - x, v - y];
        data.push(
          (1 - fy) * ((1 - fx) * at(y, x) + fx * at(y, x + 1)) +
            fy * ((1 - fx) * at(y + 1, x) + fx * at(y + 1, x + 1)),
        );
      }
    }
  }
  return { dims: [batch, channels, ...canvas], data };
}

/** Lucid's matrix of decorrelated colours, from its own numbers. */
const root = [
  [0.26, 0.09, 0.02],
  [0.27, 0.0, -0.05],
  [0.27, -0.09, 0.03],
];
const longest = Math.sqrt(0.26 ** 2 + 0.27 ** 2 + 0.27 ** 2);

/** The picture [1, C, H, W] that coefficients θ [1, C, 2H, K] stand for: scale, inverse DFT, colours, sigmoid. */
export function fourierPicture(
  theta: Grid,
  [height, width]: readonly [number, number],
  colours: boolean,
): Grid {
  const channels = theta.dims[1] ?? 1;
  const half = Math.floor(width / 2) + 1;
  const plane = height * half;
  const frequency = (index: number, length: number): number => Math.min(index, length - index) / length;
  const values = Array.from({ length: channels }, (_, c) => {
    const part = (which: number): number[] =>
      Array.from({ length: plane }, (_, at) => {
        const f = Math.sqrt(frequency(Math.floor(at / half), height) ** 2 + ((at % half) / width) ** 2);
        const scale = Math.sqrt(height * width) / Math.max(f, 1 / Math.max(height, width));
        return (scale * (theta.data[(2 * c + which) * plane + at] ?? 0)) / 4;
      });
    return irfft2(part(0), part(1), [height, width]);
  });
  return pictureOf(values, [height, width], colours);
}

/** The picture [1, C, H, W] that pixels θ [1, C, H, W] stand for: colours, sigmoid. */
export function pixelPicture(theta: Grid, colours: boolean): Grid {
  const [, channels = 1, height = 1, width = 1] = theta.dims;
  const plane = height * width;
  const values = Array.from({ length: channels }, (_, c) => theta.data.slice(c * plane, (c + 1) * plane));
  return pictureOf(values, [height, width], colours);
}

function pictureOf(
  values: readonly (readonly number[])[],
  [height, width]: readonly [number, number],
  colours: boolean,
): Grid {
  const mixed = colours
    ? root.map((row) =>
        (values[0] ?? []).map((_, at) =>
          row.reduce((sum, m, c) => sum + (m / longest) * (values[c]?.[at] ?? 0), 0),
        ),
      )
    : values;
  return {
    dims: [1, values.length, height, width],
    data: mixed.flat().map((value) => 1 / (1 + Math.exp(-value))),
  };
}

/** One step of Adam uphill with its usual numbers, for one variable; `step` counts from 1. */
export function adam(
  { theta, mean, square }: { theta: number; mean: number; square: number },
  gradient: number,
  { step, learningRate }: { step: number; learningRate: number },
): { theta: number; mean: number; square: number } {
  const m = 0.9 * mean + 0.1 * gradient;
  const v = 0.999 * square + 0.001 * gradient ** 2;
  const move = m / (1 - 0.9 ** step) / (Math.sqrt(v / (1 - 0.999 ** step)) + 1e-8);
  return { theta: theta + learningRate * move, mean: m, square: v };
}

/** The penalties of one picture [1, C, H, W]. */
export const penalties = {
  totalVariation: ({ dims, data }: Grid): number => {
    const [, channels = 1, height = 1, width = 1] = dims;
    let [down, across] = [0, 0];
    for (let at = 0; at < data.length; at++) {
      const [y, x] = [Math.floor(at / width) % height, at % width];
      if (y > 0) down += Math.abs((data[at] ?? 0) - (data[at - width] ?? 0));
      if (x > 0) across += Math.abs((data[at] ?? 0) - (data[at - 1] ?? 0));
    }
    return down / (channels * (height - 1) * width) + across / (channels * height * (width - 1));
  },
  l1: ({ data }: Grid): number => data.reduce((sum, value) => sum + Math.abs(value - 0.5), 0) / data.length,
  l2: ({ data }: Grid): number =>
    Math.sqrt(data.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / data.length),
};

/** Mean cosine of each map's Gram matrix with those of the others; `maps` are [1, C, h, w]. */
export function likeness(maps: readonly Grid[]): number[] {
  const grams = maps.map(({ dims: [, channels = 1, height = 1, width = 1], data }) => {
    const plane = height * width;
    return Array.from({ length: channels * channels }, (_, at) => {
      const [i, j] = [Math.floor(at / channels), at % channels];
      let sum = 0;
      for (let p = 0; p < plane; p++) sum += (data[i * plane + p] ?? 0) * (data[j * plane + p] ?? 0);
      return sum;
    });
  });
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return grams.map((own, n) => {
    const others = grams.filter((_, index) => index !== n);
    const cosines = others.map((other) => dot(own, other) / Math.sqrt(dot(own, own) * dot(other, other)));
    return cosines.reduce((sum, cosine) => sum + cosine, 0) / others.length;
  });
}
