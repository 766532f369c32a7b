import type { Random } from '../../base/random.ts';
import type { Budget } from '../define.ts';

/** A point of the box next to `value`. */
const inBox = (value: number): number => Math.min(1, Math.max(0, value));

/** Uniform in the L∞ ball around `original`, cut to [0, 1]. */
function uniformInCube(random: Random, original: Float32Array, epsilon: number): Float32Array {
  return original.map((value) => inBox(value + epsilon * (2 * random.uniform() - 1)));
}

/** A direction drawn uniformly (normal numbers over their norm), of length `radius`, cut to [0, 1]. */
function onSphere(random: Random, original: Float32Array, radius: number): Float32Array {
  const direction = Float64Array.from(original, () => random.normal());
  const norm = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
  const factor = norm === 0 ? 0 : radius / norm;
  return original.map((value, i) => inBox(value + factor * (direction[i] ?? 0)));
}

/** A random point to start from: uniform in the ball, cut to [0, 1]. */
export function randomInBall(
  random: Random,
  original: Float32Array,
  { norm, epsilon }: Budget,
): Float32Array {
  if (norm === 'linf') return uniformInCube(random, original, epsilon);
  // The volume within r grows as r^d.
  return onSphere(random, original, epsilon * random.uniform() ** (1 / original.length));
}

/** Random noise of full strength: uniform in the L∞ ball, or on the L2 sphere; cut to [0, 1]. */
export function randomNoise(random: Random, original: Float32Array, { norm, epsilon }: Budget): Float32Array {
  return norm === 'linf' ? uniformInCube(random, original, epsilon) : onSphere(random, original, epsilon);
}
