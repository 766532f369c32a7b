import { float32 } from '../../../base/tensor.ts';
import type { GraphBuilder } from '../../../graph/builder.ts';
import { float, int, ints } from '../../../graph/ir.ts';
import { cropEnds } from '../../../ops/shared/spatial.ts';
import { isNonNegative } from '../../../ops/shared/nonNegative.ts';
import { interleave } from '../shared/phases.ts';
import type { MaximaFormulation, MaximaProblem } from './problem.ts';

/**
 * Added to x ≥ 0, so that a real zero is greater than the zeros that a convolution pads with; float32
 * numbers above 1e-23 do not change.
 */
const tiny = 1e-30;

/**
 * By comparing, for x ≥ 0, in operators that ONNX Runtime's CPU provider keeps in the blocked layout of the
 * convolutions around the pool; MaxPool with places leaves that layout and is a scalar loop, and so is the
 * scatter after it.
 *
 * The first maximum in row-major order is the first row that holds the maximum and the first column in it. So
 * with z the maxima along each row, the cotangent goes from y to rows by comparing z with y, then from
 * each row to its columns by comparing x with z. A tap that holds the maximum takes what earlier taps left.
 */
export const scatterByComparing: MaximaFormulation = (b, problem) => {
  const [rows, columns] = [axisOf(problem, 0), axisOf(problem, 1)];
  const padded = [rows, columns].some(({ begin, end }) => begin > 0 || end > 0);
  const x = padded ? depthwise(b, problem.x, { bias: tiny }) : problem.x;
  const alongRows = pooled(b, x, columns);
  const lessMaximum = depthwise(b, problem.y, { weight: -1, bias: padded ? -tiny : 0 });
  const taps = shareOut(b, alongRows, lessMaximum, problem.value, rows);
  const rowPhases = byPhase(b, taps, rows);
  const values = rowPhases.flatMap((ct, phase) => {
    const picked = pickPhase(b, x, rows, phase);
    const lessRowMaximum = depthwise(b, pooled(b, picked, columns), { weight: -1 });
    return byPhase(b, shareOut(b, picked, lessRowMaximum, ct, columns), columns);
  });
  const strides = [rows.stride, columns.stride];
  if (strides.every((stride) => stride === 1)) return cropEnds(b, values[0] ?? '', [0, 0]);
  return interleave(b, values, strides, problem.sizes);
};

/** The blocked layout holds channels in groups of this many. */
const block = 16;

/** Whether the formulation holds (x ≥ 0, two axes, windows without gaps) and the blocked layout applies. */
export function isComparable(b: GraphBuilder, { x, pooling: { windows }, sizes }: MaximaProblem): boolean {
  const { kernel, strides, dilations } = windows;
  const [stride = 1] = strides;
  const undilated = dilations.every((dilation) => dilation === 1);
  const gapless = strides.every((other) => other === stride) && kernel.every((length) => length >= stride);
  const blocked = (b.shapeOf(x)[1] ?? 0) % block === 0;
  return sizes.length === 2 && undilated && gapless && blocked && isNonNegative(b, x);
}

/** One spatial axis of a pool: windows o = 0 … count − 1 read the positions o·stride + tap − begin. */
interface Axis {
  readonly index: 0 | 1;
  readonly kernel: number;
  readonly stride: number;
  readonly begin: number;
  readonly end: number;
  readonly size: number;
  readonly count: number;
}

function axisOf({ pooling: { windows }, sizes, counts }: MaximaProblem, index: 0 | 1): Axis {
  const [kernel = 1, stride = 1, begin = 0] = [
    windows.kernel[index],
    windows.strides[index],
    windows.begins[index],
  ];
  const [size = 0, count = 0] = [sizes[index], counts[index]];
  const end = Math.max(0, (count - 1) * stride + kernel - begin - size);
  return { index, kernel, stride, begin, end, size, count };
}

/** Sizes along this axis, 1 along the other. */
const along = (axis: Axis, value: number, other = 1): number[] =>
  axis.index === 0 ? [value, other] : [other, value];

function pooled(b: GraphBuilder, x: string, axis: Axis): string {
  const pads = [...along(axis, axis.begin, 0), ...along(axis, axis.end, 0)];
  return b.add('MaxPool', [x], {
    kernel_shape: ints(along(axis, axis.kernel)),
    strides: ints(along(axis, axis.stride)),
    pads: ints(pads),
  });
}

interface Depthwise {
  readonly axis?: Axis;
  /** Length of the kernel along the axis and the place of its only weight. */
  readonly length?: number;
  readonly place?: number;
  readonly stride?: number;
  readonly begin?: number;
  readonly end?: number;
  readonly weight?: number;
  readonly bias?: number;
}

/** A depthwise convolution with one weight a channel: it picks, moves, scales; the others are zero. */
function depthwise(b: GraphBuilder, x: string, options: Depthwise): string {
  const { axis, length = 1, place = 0, stride = 1, begin = 0, end = 0, weight = 1, bias = 0 } = options;
  const channels = b.shapeOf(x)[1] ?? 1;
  const kernel = axis === undefined ? [1, 1] : along(axis, length);
  const weights = Float32Array.from({ length: channels * length }, (_, at) =>
    at % length === place ? weight : 0,
  );
  const inputs = [x, b.constant(float32(weights, [channels, 1, ...kernel]), 'pick')];
  if (bias !== 0) inputs.push(b.constant(float32(new Float32Array(channels).fill(bias)), 'tiny'));
  const pads = axis === undefined ? [0, 0, 0, 0] : [...along(axis, begin, 0), ...along(axis, end, 0)];
  return b.add('Conv', inputs, {
    group: int(channels),
    kernel_shape: ints(kernel),
    strides: ints(axis === undefined ? [1, 1] : along(axis, stride)),
    pads: ints(pads),
  });
}

/** Shares ct out among the taps of its window along an axis: the first tap where x + (−maximum) is zero takes it. */
function shareOut(b: GraphBuilder, x: string, lessMaximum: string, ct: string, axis: Axis): string[] {
  const { kernel, stride, begin, end } = axis;
  let left = ct;
  const shares: string[] = [];
  for (let tap = 0; tap < kernel - 1; tap++) {
    const picked = depthwise(b, x, { axis, length: kernel, place: tap, stride, begin, end });
    const below = b.add('Add', [picked, lessMaximum]);
    const isMaximum = b.add('HardSigmoid', [below], { alpha: float(1e38), beta: float(1) });
    const share = b.add('Mul', [left, isMaximum]);
    shares.push(share);
    left = b.add('Add', [left, depthwise(b, share, { weight: -1 })]);
  }
  return [...shares, left];
}

/** Adds up the taps' shares by phase (position modulo stride): phase f at q gets tap f + begin − offset·stride of window q + offset. */
function byPhase(b: GraphBuilder, shares: readonly string[], axis: Axis): string[] {
  const { stride, begin, size } = axis;
  const length = Math.ceil(size / stride);
  return Array.from({ length: stride }, (_, phase) => {
    const terms = shares.flatMap((share, tap) => {
      const offset = (phase + begin - tap) / stride;
      return Number.isInteger(offset) ? [moved(b, share, axis, offset, length)] : [];
    });
    return terms.reduce((sum, term) => b.add('Add', [sum, term]));
  });
}

/** v[q] = share[q + offset] for q < length, zero outside. */
function moved(b: GraphBuilder, share: string, axis: Axis, offset: number, length: number): string {
  const { count } = axis;
  if (offset === 0 && length === count) return share;
  const begin = Math.max(0, -offset);
  const place = Math.max(0, offset);
  const end = length - count - begin + place;
  // Surplus windows at the end are cut off by a longer kernel.
  const kernel = place + 1 + Math.max(0, -end);
  return depthwise(b, share, { axis, length: kernel, place, begin, end: Math.max(0, end) });
}

/** The positions of one phase: x[q·stride + phase], zero beyond the end. */
function pickPhase(b: GraphBuilder, x: string, axis: Axis, phase: number): string {
  const { stride, size } = axis;
  if (stride === 1) return x;
  const end = Math.ceil(size / stride) * stride - size;
  return depthwise(b, x, { axis, length: stride, place: phase, stride, end });
}
