/** A grey image in float64, row by row. */
export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly data: Float64Array;
}

const at = (data: Float64Array, index: number): number => data[index] ?? Number.NaN;

/** Forward differences along columns and rows, 0 at the ends. */
function differences({ height, width, data }: Plane): [Float64Array, Float64Array] {
  const [down, right] = [new Float64Array(data.length), new Float64Array(data.length)];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const place = i * width + j;
      if (i < height - 1) down[place] = at(data, place + width) - at(data, place);
      if (j < width - 1) right[place] = at(data, place + 1) - at(data, place);
    }
  }
  return [down, right];
}

function divergence({ height, width }: Plane, down: Float64Array, right: Float64Array): Float64Array {
  const result = new Float64Array(height * width);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const place = i * width + j;
      const above = i > 0 ? at(down, place - width) : 0;
      const before = j > 0 ? at(right, place - 1) : 0;
      result[place] = at(down, place) - above + at(right, place) - before;
    }
  }
  return result;
}

/** ½‖u − x‖² + w Σ |∇u|. */
export function rofEnergy(u: Plane, x: Plane, weight: number): number {
  const [down, right] = differences(u);
  return u.data.reduce((sum, value, place) => {
    const length = Math.hypot(at(down, place), at(right, place));
    return sum + (value - at(x.data, place)) ** 2 / 2 + weight * length;
  }, 0);
}

/** Its minimizer by Chambolle's semi-implicit iteration (2004, eq. 9), τ = 1/4: slow, simple, and not what Loupe does. */
export function rofMinimizer(x: Plane, weight: number, steps: number): Plane {
  const tau = 0.25;
  let [down, right] = [new Float64Array(x.data.length), new Float64Array(x.data.length)];
  for (let step = 0; step < steps; step++) {
    const residual = divergence(x, down, right).map((value, place) => value - at(x.data, place) / weight);
    const [gradientDown, gradientRight] = differences({ ...x, data: residual });
    const scale = gradientDown.map((value, place) => 1 + tau * Math.hypot(value, at(gradientRight, place)));
    const moved = (p: Float64Array, gradient: Float64Array): Float64Array<ArrayBuffer> =>
      p.map((value, place) => (value + tau * at(gradient, place)) / at(scale, place));
    [down, right] = [moved(down, gradientDown), moved(right, gradientRight)];
  }
  const total = divergence(x, down, right);
  return { ...x, data: x.data.map((value, place) => value - weight * at(total, place)) };
}

type Flow = readonly [Float64Array, Float64Array];

const elementwise = (flow: Flow, of: (value: number, place: number, axis: 0 | 1) => number): Flow => [
  flow[0].map((value, place) => of(value, place, 0)),
  flow[1].map((value, place) => of(value, place, 1)),
];

/** `steps` of FGP as Beck and Teboulle state it (2009, sec. IV, without their box), for comparison step by step. */
export function fastGradientProjection(x: Plane, weight: number, steps: number): Plane {
  const restored = ([down, right]: Flow): Plane => {
    const total = divergence(x, down, right);
    return { ...x, data: x.data.map((value, place) => value + weight * at(total, place)) };
  };
  const zeros: Flow = [new Float64Array(x.data.length), new Float64Array(x.data.length)];
  let [p, r, t] = [zeros, zeros, 1];
  for (let step = 0; step < steps; step++) {
    const before = p;
    const gradient = differences(restored(r));
    const moved = elementwise(r, (value, place, axis) => value + at(gradient[axis], place) / (8 * weight));
    const length = moved[0].map((value, place) => Math.max(1, Math.hypot(value, at(moved[1], place))));
    p = elementwise(moved, (value, place) => value / at(length, place));
    const next = (1 + Math.sqrt(1 + 4 * t ** 2)) / 2;
    const momentum = (t - 1) / next;
    r = elementwise(p, (value, place, axis) => value + momentum * (value - at(before[axis], place)));
    t = next;
  }
  return restored(p);
}
