import { sizeOf } from '../../core/base/shape.ts';
import { seededRandom } from '../../core/base/random.ts';
import { type Attributes, int, ints, string } from '../../core/graph/ir.ts';
import type { Geometry, Grid } from '../reference/convolution.ts';
import { distance, drawn } from './lowered.ts';

/** A convolution as a node has it, and what it should mean, worked out by hand. */
export interface Case extends Partial<Geometry> {
  readonly title: string;
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly y: readonly number[];
  /** Padding at the end of each axis. */
  readonly ends?: readonly number[];
  readonly autoPad?: string;
}

export const cases: readonly Case[] = [
  { title: '3x3, padded', x: [2, 3, 5, 6], w: [4, 3, 3, 3], y: [2, 4, 5, 6], begins: [1, 1], ends: [1, 1] },
  {
    title: '3x3, stride 2, a row and a column left over',
    x: [2, 3, 6, 8],
    w: [4, 3, 3, 3],
    y: [2, 4, 3, 4],
    strides: [2, 2],
    begins: [1, 1],
    ends: [1, 1],
  },
  {
    title: 'stem 7x7, stride 2',
    x: [2, 3, 11, 12],
    w: [5, 3, 7, 7],
    y: [2, 5, 6, 6],
    strides: [2, 2],
    begins: [3, 3],
    ends: [3, 3],
  },
  {
    title: 'stem 11x11, stride 4, no pads at one side',
    x: [1, 3, 18, 17],
    w: [2, 3, 11, 11],
    y: [1, 2, 3, 2],
    strides: [4, 4],
    begins: [2, 0],
    ends: [2, 0],
  },
  { title: '1x1', x: [2, 4, 3, 5], w: [3, 4, 1, 1], y: [2, 3, 3, 5] },
  { title: '1x1, stride 2', x: [2, 4, 5, 6], w: [3, 4, 1, 1], y: [2, 3, 3, 3], strides: [2, 2] },
  {
    title: '1x1, stride 3, padded by 1',
    x: [1, 2, 5, 6],
    w: [2, 2, 1, 1],
    y: [1, 2, 3, 3],
    strides: [3, 3],
    begins: [1, 1],
    ends: [1, 1],
  },
  { title: '1x1, pads at the end only', x: [1, 2, 3, 3], w: [3, 2, 1, 1], y: [1, 3, 4, 5], ends: [1, 2] },
  {
    title: 'kernel as large as the input, pads at the end only',
    x: [1, 2, 2, 2],
    w: [3, 2, 2, 2],
    y: [1, 3, 2, 2],
    ends: [1, 1],
  },
  {
    title: 'pads larger than the kernel',
    x: [1, 2, 3, 2],
    w: [2, 2, 2, 2],
    y: [1, 2, 7, 7],
    begins: [3, 2],
    ends: [2, 4],
  },
  {
    title: 'asymmetric pads, unequal strides',
    x: [2, 2, 7, 6],
    w: [3, 2, 3, 2],
    y: [2, 3, 3, 7],
    strides: [3, 1],
    begins: [1, 0],
    ends: [2, 2],
  },
  {
    title: 'dilation 2',
    x: [1, 2, 7, 7],
    w: [2, 2, 3, 3],
    y: [1, 2, 5, 7],
    dilations: [2, 2],
    begins: [1, 2],
    ends: [1, 2],
  },
  {
    title: 'dilation 2, stride 2',
    x: [1, 2, 8, 7],
    w: [2, 2, 3, 3],
    y: [1, 2, 4, 3],
    dilations: [2, 2],
    strides: [2, 2],
    begins: [2, 1],
    ends: [2, 2],
  },
  {
    title: 'dilation 3, stride 2: taps in both phases',
    x: [1, 2, 9, 8],
    w: [2, 2, 3, 3],
    y: [1, 2, 3, 3],
    dilations: [3, 3],
    strides: [2, 2],
    begins: [1, 1],
    ends: [2, 3],
  },
  {
    title: 'stride larger than the kernel',
    x: [1, 2, 8, 7],
    w: [2, 2, 2, 1],
    y: [1, 2, 3, 2],
    strides: [3, 4],
  },
  { title: 'two groups', x: [2, 4, 5, 5], w: [6, 2, 3, 3], y: [2, 6, 3, 3], group: 2 },
  {
    title: 'two groups, stride 2',
    x: [2, 4, 5, 6],
    w: [6, 2, 3, 3],
    y: [2, 6, 3, 3],
    group: 2,
    strides: [2, 2],
    begins: [1, 1],
    ends: [1, 1],
  },
  {
    title: 'two groups, 1x1, stride 2',
    x: [2, 4, 5, 6],
    w: [4, 2, 1, 1],
    y: [2, 4, 3, 3],
    group: 2,
    strides: [2, 2],
  },
  {
    title: 'depthwise',
    x: [2, 4, 5, 5],
    w: [4, 1, 3, 3],
    y: [2, 4, 5, 5],
    group: 4,
    begins: [1, 1],
    ends: [1, 1],
  },
  {
    title: 'depthwise, stride 2',
    x: [2, 4, 6, 7],
    w: [4, 1, 3, 3],
    y: [2, 4, 3, 4],
    group: 4,
    strides: [2, 2],
    begins: [1, 1],
    ends: [1, 1],
  },
  {
    title: 'depthwise, nine outputs a channel',
    x: [1, 4, 4, 4],
    w: [36, 1, 3, 3],
    y: [1, 36, 4, 4],
    group: 4,
    begins: [1, 1],
    ends: [1, 1],
  },
  {
    title: 'depthwise, two outputs a channel, stride 2',
    x: [1, 4, 5, 5],
    w: [8, 1, 2, 2],
    y: [1, 8, 2, 2],
    group: 4,
    strides: [2, 2],
  },
  { title: 'one axis', x: [2, 3, 9], w: [4, 3, 4], y: [2, 4, 5], strides: [2], begins: [2], ends: [1] },
  { title: 'one axis, stride 1', x: [2, 3, 7], w: [4, 3, 3], y: [2, 4, 7], begins: [1], ends: [1] },
  {
    title: 'three axes',
    x: [1, 2, 4, 3, 5],
    w: [3, 2, 2, 3, 2],
    y: [1, 3, 2, 3, 3],
    strides: [2, 1, 2],
    begins: [0, 1, 1],
    ends: [0, 1, 0],
  },
  {
    title: 'SAME_UPPER, stride 2',
    x: [1, 2, 6, 5],
    w: [2, 2, 3, 3],
    y: [1, 2, 3, 3],
    strides: [2, 2],
    begins: [0, 1],
    ends: [1, 1],
    autoPad: 'SAME_UPPER',
  },
  {
    title: 'SAME_LOWER, dilation 2',
    x: [1, 2, 6, 5],
    w: [2, 2, 2, 4],
    y: [1, 2, 6, 5],
    dilations: [1, 2],
    begins: [1, 3],
    ends: [0, 3],
    autoPad: 'SAME_LOWER',
  },
  { title: 'VALID', x: [1, 2, 6, 5], w: [2, 2, 2, 4], y: [1, 2, 5, 2], autoPad: 'VALID' },
];

export function geometryOf({
  x,
  strides,
  dilations,
  begins,
  group,
}: Partial<Geometry> & Pick<Case, 'x'>): Geometry {
  const axes = x.slice(2);
  return {
    strides: strides ?? axes.map(() => 1),
    dilations: dilations ?? axes.map(() => 1),
    begins: begins ?? axes.map(() => 0),
    group: group ?? 1,
  };
}

export function attributesOf(one: Case): Attributes {
  const { strides, dilations, begins, group } = geometryOf(one);
  const pads = [...begins, ...(one.ends ?? begins.map(() => 0))];
  return {
    strides: ints(strides),
    dilations: ints(dilations),
    group: int(group),
    ...(one.autoPad === undefined ? { pads: ints(pads) } : { auto_pad: string(one.autoPad) }),
  };
}

export interface Drawn {
  readonly x: Grid;
  readonly w: Grid;
  readonly bias: Grid;
  readonly ct: Grid;
  readonly g: Grid;
}

export function draw({ x, w, y }: Case): Drawn {
  const random = seededRandom(7);
  const pick = (dims: readonly number[]): Grid => drawn(random, dims);
  return { x: pick(x), w: pick(w), bias: pick([w[0] ?? 1]), ct: pick(y), g: pick(x) };
}

/** How far results may be from the reference, relative: the rounding of float32 sums. */
const tolerance = 2e-6;

/** What is wrong with the results: those that are missing or further from the wanted ones than rounding. */
export function faultsOf(
  found: Readonly<Record<string, Grid>>,
  wanted: Readonly<Record<string, Grid>>,
): string[] {
  return Object.entries(wanted).flatMap(([key, grid]) => {
    const value = found[key];
    if (value === undefined) return [`${key} is missing`];
    const error = distance(value, grid);
    return error <= tolerance ? [] : [`${key} differs by ${error.toExponential(1)}`];
  });
}

/** y plus a bias for each channel. */
export function withBias({ dims, data }: Grid, bias: Grid): Grid {
  const [, channels = 1, ...sizes] = dims;
  const channelOf = (place: number): number => Math.floor(place / sizeOf(sizes)) % channels;
  return { dims, data: data.map((value, at) => value + (bias.data[channelOf(at)] ?? 0)) };
}
