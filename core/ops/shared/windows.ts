import { LoupeError } from '../../base/errors.ts';
import type { Shape } from '../../base/shape.ts';
import { readInts, readString } from '../../graph/attributes.ts';
import { type Attributes, type Node, ints } from '../../graph/ir.ts';

/**
 * How the windows of a convolution or a pooling lie on the spatial axes: along each axis, tap k of window o
 * reads the position o·stride + k·dilation − begin; positions outside the input are padding.
 */
export interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begins: readonly number[];
  readonly ends: readonly number[];
}

/** The attributes by which an operator says how its windows lie. */
export const windowForm = {
  auto_pad: 'string',
  dilations: 'ints',
  kernel_shape: 'ints',
  pads: 'ints',
  strides: 'ints',
} as const;

/** The number of positions from the first to the last tap of a window, both included. */
export function reach({ kernel, dilations }: Windows, axis: number): number {
  return ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
}

/** The number of positions from the first tap of the first of `count` windows to the last tap of the last one. */
export function span(windows: Windows, axis: number, count: number): number {
  return (count - 1) * (windows.strides[axis] ?? 1) + reach(windows, axis);
}

/** The spatial axes of a tensor [N, C, …]. */
export function spatialOf(shape: Shape): number[] {
  return shape.slice(2);
}

/** Reads the windows of a node whose kernel and input sizes are known; `auto_pad` becomes explicit pads. */
export function readWindows(node: Node, kernel: readonly number[], sizes: readonly number[]): Windows {
  const rank = sizes.length;
  const ones = sizes.map(() => 1);
  const strides = checked('strides', readInts(node, 'strides', ones), rank, 1);
  const dilations = checked('dilations', readInts(node, 'dilations', ones), rank, 1);
  const pads = checked('pads', readInts(node, 'pads', [...ones, ...ones].fill(0)), 2 * rank, 0);
  checked('kernel_shape', kernel, rank, 1);
  const explicit = { kernel, strides, dilations, begins: pads.slice(0, rank), ends: pads.slice(rank) };
  return withAutomaticPads(readAutoPad(node), explicit, sizes);
}

export type AutoPad = 'NOTSET' | 'VALID' | 'SAME_UPPER' | 'SAME_LOWER';

export function readAutoPad(node: Node): AutoPad {
  const value = readString(node, 'auto_pad', 'NOTSET');
  switch (value) {
    case '':
      return 'NOTSET';
    case 'NOTSET':
    case 'VALID':
    case 'SAME_UPPER':
    case 'SAME_LOWER':
      return value;
  }
  throw new LoupeError(
    'badGraph',
    `its auto_pad "${value}" is none of NOTSET, VALID, SAME_UPPER, SAME_LOWER.`,
  );
}

/** SAME pads so that there are ⌈size / stride⌉ windows; an odd one goes to the end (UPPER) or the beginning (LOWER). */
function withAutomaticPads(mode: AutoPad, windows: Windows, sizes: readonly number[]): Windows {
  if (mode === 'NOTSET') return windows;
  const totals = sizes.map((size, axis) => {
    if (mode === 'VALID') return 0;
    const count = Math.ceil(size / (windows.strides[axis] ?? 1));
    return Math.max(0, span(windows, axis, count) - size);
  });
  return { ...windows, ...sharedPads(totals, mode) };
}

/** Halves each total of padding; SAME_UPPER puts the odd one at the end, everything else at the beginning. */
export function sharedPads(totals: readonly number[], mode: AutoPad): Pick<Windows, 'begins' | 'ends'> {
  const less = totals.map((total) => Math.floor(total / 2));
  const more = totals.map((total) => Math.ceil(total / 2));
  return mode === 'SAME_UPPER' ? { begins: less, ends: more } : { begins: more, ends: less };
}

/**
 * The number of windows along each axis. With `ceil` a last window may reach beyond the padding, but only if
 * it begins inside the input or the padding before it (ONNX pull request 5741, as PyTorch does).
 */
export function windowCounts(windows: Windows, sizes: readonly number[], ceil = false): number[] {
  return sizes.map((size, axis) => {
    const [begin = 0, end = 0, stride = 1] = [
      windows.begins[axis],
      windows.ends[axis],
      windows.strides[axis],
    ];
    const room = size + begin + end - reach(windows, axis);
    if (room < 0) {
      throw new LoupeError(
        'badGraph',
        `its window reaches over ${reach(windows, axis)} positions, but spatial axis ${axis} has ${size + begin + end} with padding.`,
      );
    }
    const count = (ceil ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
    return ceil && (count - 1) * stride >= size + begin ? count - 1 : count;
  });
}

/** The pads at the end that `counts` windows reach to; negative where the last positions are never read. */
export function endsReached(windows: Windows, sizes: readonly number[], counts: readonly number[]): number[] {
  return counts.map(
    (count, axis) => span(windows, axis, count) - (windows.begins[axis] ?? 0) - (sizes[axis] ?? 0),
  );
}

/** The windows with pads at the end that none of `counts` windows reaches beyond, as the last one may in ceil mode. */
export function coveringWindows(
  windows: Windows,
  sizes: readonly number[],
  counts: readonly number[],
): Windows {
  const reached = endsReached(windows, sizes, counts);
  return { ...windows, ends: windows.ends.map((end, axis) => Math.max(end, reached[axis] ?? 0)) };
}

/** The attributes of a node with these windows, its pads explicit. */
export function windowAttributes(windows: Windows): Attributes {
  return {
    kernel_shape: ints(windows.kernel),
    strides: ints(windows.strides),
    dilations: ints(windows.dilations),
    pads: ints([...windows.begins, ...windows.ends]),
  };
}

function checked(name: string, values: readonly number[], length: number, least: number): readonly number[] {
  if (values.length !== length || values.some((value) => !Number.isSafeInteger(value) || value < least)) {
    throw new LoupeError(
      'badGraph',
      `its ${name} should be ${length} integers of at least ${least}, not [${values.join(', ')}].`,
    );
  }
  return values;
}
