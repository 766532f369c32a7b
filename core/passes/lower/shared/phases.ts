import { sizeOf } from '../../../base/shape.ts';
import type { GraphBuilder } from '../../../graph/builder.ts';
import { int, string } from '../../../graph/ir.ts';
import { paddedAxis, permuted, reshaped, zerosOf } from '../../../ops/shared/movement.ts';
import { cropEnds } from '../../../ops/shared/spatial.ts';
import { type Windows, spatialOf } from '../../../ops/shared/windows.ts';

/** Position q·stride + phase of the input is read by tap `tap` of window q + `offset`. */
export interface PhaseTap {
  readonly tap: number;
  readonly offset: number;
}

/**
 * For each phase of an axis (the positions that leave the same rest divided by the stride) the taps that read
 * it, by rising offset. From q·s + f = (q + offset)·s + k·d − p follows offset = (f + p − k·d) / s.
 */
export function phaseTaps({ kernel, strides, dilations, begins }: Windows, axis: number): PhaseTap[][] {
  const [stride = 1, dilation = 1, begin = 0] = [strides[axis], dilations[axis], begins[axis]];
  return Array.from({ length: stride }, (_, phase) => {
    const taps = Array.from({ length: kernel[axis] ?? 1 }, (__, tap) => ({
      tap,
      offset: (phase + begin - tap * dilation) / stride,
    }));
    return taps.filter(({ offset }) => Number.isInteger(offset)).reverse();
  });
}

/** All combinations of one element from each list, the last list varying fastest. */
export function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>(
    (partial, list) => partial.flatMap((some) => list.map((next) => [...some, next])),
    [[]],
  );
}

/** Number of positions of a phase along each axis, the same for all phases: ⌈size / stride⌉. */
export function phaseSizes({ strides }: Windows, sizes: readonly number[]): number[] {
  return sizes.map((size, axis) => Math.ceil(size / (strides[axis] ?? 1)));
}

/**
 * The tensor [N, C, sizes…] whose phases are `values` [N, C, Q…], listed with the last axis' phase varying
 * fastest; undefined stands for zeros.
 */
export function interleave(
  b: GraphBuilder,
  values: readonly (string | undefined)[],
  strides: readonly number[],
  sizes: readonly number[],
): string {
  const first = values.find((value) => value !== undefined);
  const shape = first === undefined ? [] : b.shapeOf(first);
  const last = values.findLastIndex((value) => value !== undefined);
  const listed = values.slice(0, last + 1).map((value) => value ?? zerosOf(b, shape));
  const joined = listed.length === 1 ? (listed[0] ?? '') : b.add('Concat', listed, { axis: int(1) });
  const stacked = paddedAxis(b, joined, 1, 0, (values.length - listed.length) * (shape[1] ?? 0));
  return unstack(b, stacked, strides, sizes);
}

/** [N, phases · C, Q…] → [N, C, sizes…], where position q·stride + phase lies at q of its phase. */
export function unstack(
  b: GraphBuilder,
  stacked: string,
  strides: readonly number[],
  sizes: readonly number[],
): string {
  const spread = spreadPhases(b, stacked, strides);
  const surplus = spatialOf(b.shapeOf(spread)).map((size, axis) => size - (sizes[axis] ?? 0));
  return cropEnds(b, spread, surplus);
}

function spreadPhases(b: GraphBuilder, stacked: string, strides: readonly number[]): string {
  const phases = sizeOf(strides);
  if (phases === 1) return stacked;
  const [stride = 1] = strides;
  if (strides.length === 2 && strides[1] === stride) {
    return b.add('DepthToSpace', [stacked], { blocksize: int(stride), mode: string('DCR') });
  }
  const [batch = 1, channels = 1, ...spatial] = b.shapeOf(stacked);
  const rank = strides.length;
  const view = reshaped(b, stacked, [batch, ...strides, channels / phases, ...spatial]);
  // [N, s₁ … sᵣ, C, Q₁ … Qᵣ] → [N, C, Q₁, s₁, … Qᵣ, sᵣ]
  const order = [0, rank + 1, ...strides.flatMap((_, axis) => [rank + 2 + axis, 1 + axis])];
  const sizes = spatial.map((size, axis) => size * (strides[axis] ?? 1));
  return reshaped(b, permuted(b, view, order), [batch, channels / phases, ...sizes]);
}
