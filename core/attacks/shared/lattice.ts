import { expected } from '../../base/errors.ts';
import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';
import type { Budget } from '../define.ts';
import { budgetTolerance } from './ball.ts';
import { rowOf } from './rows.ts';

/** Levels of an 8-bit picture above 0. */
export const levels = 255;

/** The float32 of level k: what reading the picture again gives. */
const pixelOf = (level: number): number => Math.fround(level / levels);

/** Refuses images that no 8-bit file holds: their perturbation could not be saved without changing it. */
export function requireLattice(images: Tensor): void {
  const data = floatsOf(images);
  const strange = data.findIndex((value) => pixelOf(Math.round(value * levels)) !== value);
  const outside = data.findIndex((value) => !(value >= 0 && value <= 1));
  const at = strange >= 0 ? strange : outside;
  if (at < 0) return;
  throw expected('badArgument', {
    wanted: 'pixels of 8-bit pictures, multiples of 1/255 from 0 to 1,',
    for: 'an attack',
    received: `${data[at] ?? 'nothing'} at element ${at}`,
    advice: 'Round the images first: an adversarial example is judged as the file that holds it.',
  });
}

/**
 * Rounds adversarial images [n, C, H, W] to the pixels of 8-bit files, still inside the ball around their originals (which are
 * such pixels themselves). L∞: the nearest level that is at most ⌊255ε⌋ away. L2: the nearest level; where that leaves the ball, the
 * roundings that cost most are taken back towards the original. Without a budget: the nearest level.
 */
export function quantised(images: Tensor, originals: Tensor, budget: Budget | undefined): Tensor {
  const data = new Float32Array(floatsOf(images).length);
  const result = tensor('float32', data, images.dims);
  for (let row = 0; row < (images.dims[0] ?? 0); row++) {
    const original = rowOf(originals, row).map((value) => Math.round(value * levels));
    const wanted = Float64Array.from(rowOf(images, row), (value, i) => value * levels - (original[i] ?? 0));
    const moved = wanted.map(Math.round);
    if (budget?.norm === 'linf') clampLevels(moved, budget.epsilon);
    if (budget?.norm === 'l2') shrinkLevels(moved, wanted, budget.epsilon);
    const target = rowOf(result, row);
    for (let i = 0; i < target.length; i++) {
      const level = (original[i] ?? 0) + (moved[i] ?? 0);
      target[i] = pixelOf(Math.min(levels, Math.max(0, level)));
    }
  }
  return result;
}

function clampLevels(moved: Float64Array, epsilon: number): void {
  const most = Math.floor(levels * (epsilon + budgetTolerance));
  for (let i = 0; i < moved.length; i++) {
    moved[i] = Math.min(most, Math.max(-most, moved[i] ?? 0));
  }
}

/**
 * Rounding |u| up to |d| costs d² − u² of the squared budget. Taking all such roundings back leaves every |d| ≤ |u|, which is
 * inside wherever the image was.
 */
function shrinkLevels(moved: Float64Array, wanted: Float64Array, epsilon: number): void {
  const limit = (levels * (epsilon + budgetTolerance)) ** 2;
  let squares = moved.reduce((sum, d) => sum + d * d, 0);
  if (squares <= limit) return;
  const costOf = (i: number): number => (moved[i] ?? 0) ** 2 - (wanted[i] ?? 0) ** 2;
  const grown = Array.from(moved.keys()).filter((i) => costOf(i) > 0);
  const costs = new Map(grown.map((i) => [i, costOf(i)]));
  grown.sort((a, b) => (costs.get(b) ?? 0) - (costs.get(a) ?? 0));
  for (const i of grown) {
    if (squares <= limit) return;
    const d = moved[i] ?? 0;
    moved[i] = d - Math.sign(d);
    squares += (moved[i] ?? 0) ** 2 - d * d;
  }
}
