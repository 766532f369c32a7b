/** One step of the past: s = x_{k+1} − x_k, y = g_{k+1} − g_k. */
interface Pair {
  readonly s: Float32Array;
  readonly y: Float32Array;
  /** y·y and s·y over all variables. */
  yy: number;
  sy: number;
}

/** s·y must exceed this share of y·y: anything less is noise of float32, and would blow the direction up. */
const leastCurvature = 1e-10;

/** Four sums at a time: one alone would wait for each addition. Float64, as all JavaScript numbers are. */
export function dot(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = a.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    s0 += (a[i] ?? 0) * (b[i] ?? 0);
    s1 += (a[i + 1] ?? 0) * (b[i + 1] ?? 0);
    s2 += (a[i + 2] ?? 0) * (b[i + 2] ?? 0);
    s3 += (a[i + 3] ?? 0) * (b[i + 3] ?? 0);
  }
  for (let i = whole; i < a.length; i++) s0 += (a[i] ?? 0) * (b[i] ?? 0);
  return s0 + s1 + (s2 + s3);
}

/** What the products a·b owe to the variables of `frozen`. */
function dotAt(frozen: Int32Array, a: Float32Array | Float64Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < frozen.length; k++) {
    const i = frozen[k] ?? 0;
    sum += (a[i] ?? 0) * (b[i] ?? 0);
  }
  return sum;
}

/** q += scale · v, and q·next of the new q: one pass instead of two, since memory is what the recursion waits for. */
function addAndDot(q: Float64Array, scale: number, v: Float32Array, next: Float32Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = q.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const q0 = (q[i] ?? 0) + scale * (v[i] ?? 0);
    const q1 = (q[i + 1] ?? 0) + scale * (v[i + 1] ?? 0);
    const q2 = (q[i + 2] ?? 0) + scale * (v[i + 2] ?? 0);
    const q3 = (q[i + 3] ?? 0) + scale * (v[i + 3] ?? 0);
    q[i] = q0;
    q[i + 1] = q1;
    q[i + 2] = q2;
    q[i + 3] = q3;
    s0 += q0 * (next[i] ?? 0);
    s1 += q1 * (next[i + 1] ?? 0);
    s2 += q2 * (next[i + 2] ?? 0);
    s3 += q3 * (next[i + 3] ?? 0);
  }
  for (let i = whole; i < q.length; i++) {
    const sum = (q[i] ?? 0) + scale * (v[i] ?? 0);
    q[i] = sum;
    s0 += sum * (next[i] ?? 0);
  }
  return s0 + s1 + (s2 + s3);
}

/** `addAndDot` with the variables of `frozen` held at q = 0: the product is put right, rather than every step masked. */
function addAndDotOff(
  frozen: Int32Array,
  q: Float64Array,
  scale: number,
  v: Float32Array,
  next: Float32Array,
): number {
  const sum = addAndDot(q, scale, v, next) - dotAt(frozen, q, next);
  zeroAt(frozen, q);
  return sum;
}

function zeroAt(frozen: Int32Array, q: Float64Array): void {
  for (let k = 0; k < frozen.length; k++) q[frozen[k] ?? 0] = 0;
}

/** The last steps of L-BFGS, from which it builds its estimate H of the inverse Hessian. */
export class CurvatureHistory {
  readonly #length: number;
  readonly #most: number;
  /** Oldest first. */
  #pairs: Pair[] = [];
  /** Arrays of forgotten pairs, to be filled again. */
  readonly #spare: Pair[] = [];

  constructor(length: number, most: number) {
    this.#length = length;
    this.#most = most;
  }

  get size(): number {
    return this.#pairs.length;
  }

  clear(): void {
    this.#spare.push(...this.#pairs);
    this.#pairs = [];
  }

  /** Learns from a step; one along which the gradient did not grow is left out, since H must stay positive definite. */
  push(from: Float32Array, to: Float32Array, gradientFrom: Float32Array, gradientTo: Float32Array): void {
    if (this.#pairs.length === this.#most) this.#spare.push(...this.#pairs.splice(0, 1));
    const length = this.#length;
    const pair = this.#spare.pop() ?? {
      s: new Float32Array(length),
      y: new Float32Array(length),
      yy: 0,
      sy: 0,
    };
    const { s, y } = pair;
    for (let i = 0; i < length; i++) {
      s[i] = (to[i] ?? 0) - (from[i] ?? 0);
      y[i] = (gradientTo[i] ?? 0) - (gradientFrom[i] ?? 0);
    }
    pair.yy = dot(y, y);
    pair.sy = dot(s, y);
    if (pair.sy > leastCurvature * pair.yy) this.#pairs.push(pair);
    else this.#spare.push(pair);
  }

  /**
   * Writes d = −H g into `direction` (Nocedal and Wright, algorithm 7.4, with H₀ = s·y / y·y of eq. 7.20). All products
   * leave out the variables of `frozen`, which is H of the face that the others span; theirs is d = 0.
   *
   * Each pass adds one vector and takes the product with the next: −g, then the y's from the newest to the oldest,
   * then the s's back.
   */
  direction(gradient: Float32Array, direction: Float64Array, frozen: Int32Array): void {
    const q = direction;
    for (let i = 0; i < q.length; i++) q[i] = -(gradient[i] ?? 0);
    zeroAt(frozen, q);
    const used = this.#pairs
      .map((pair) => onFace(pair, frozen))
      .filter(({ sy, yy }) => sy > leastCurvature * yy)
      .reverse();
    const [newest] = used;
    if (newest === undefined) return;
    const alphas: number[] = [];
    let product = dot(q, newest.s);
    used.forEach(({ sy, y }, at) => {
      const alpha = product / sy;
      alphas.push(alpha);
      product = addAndDotOff(frozen, q, -alpha, y, used[at + 1]?.s ?? y);
    });
    const gamma = newest.sy / newest.yy;
    for (let i = 0; i < q.length; i++) q[i] = (q[i] ?? 0) * gamma;
    // The last pass ended with q·y of the oldest pair, which is where the way back begins.
    product *= gamma;
    for (let at = used.length - 1; at >= 0; at--) {
      const pair = used[at];
      if (pair === undefined) continue;
      const beta = product / pair.sy;
      product = addAndDotOff(frozen, q, (alphas[at] ?? 0) - beta, pair.s, used[at - 1]?.y ?? pair.y);
    }
  }
}

function onFace({ s, y, yy, sy }: Pair, frozen: Int32Array): Pair {
  return { s, y, yy: yy - dotAt(frozen, y, y), sy: sy - dotAt(frozen, s, y) };
}
