import { LoupeError } from '../../base/errors.ts';
import { type Shape, formatShape } from '../../base/shape.ts';
import { readInt, readInts } from '../../graph/attributes.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { type Attributes, type Node, int, ints, loupeDomain } from '../../graph/ir.ts';
import { cropEnds } from './spatial.ts';
import {
  type Windows,
  endsReached,
  readAutoPad,
  readWindows,
  sharedPads,
  span,
  spatialOf,
  windowAttributes,
} from './windows.ts';

/**
 * The bilinear form that all convolution operators share. With windows o, taps k and positions
 * i = o·stride + k·dilation − begin, within each group:
 *   Conv:            y[m, o]    = Σ over c, k   w[m, c, k] · x[c, i]
 *   ConvInputGrad:   dx[c, i]   = Σ over m, o, k  w[m, c, k] · ct[m, o]
 *   ConvWeightGrad:  dw[m, c, k] = Σ over n, o  ct[m, o] · x[c, i]
 * Each is linear in both factors and each factor's derivative is one of the other two.
 */
export interface Convolution {
  readonly windows: Windows;
  readonly group: number;
}

/** The attributes of the gradient operators besides the shape that their inputs do not tell. */
export const convolutionForm = {
  dilations: 'ints',
  group: 'int',
  kernel_shape: 'ints',
  pads: 'ints',
  strides: 'ints',
} as const;

function readGroup(node: Node): number {
  const group = readInt(node, 'group', 1);
  if (Number.isSafeInteger(group) && group >= 1) return group;
  throw new LoupeError('badGraph', `its group should be at least 1, not ${group}.`);
}

function kernelOf(node: Node, x: Shape, w: Shape): readonly number[] {
  const kernel = spatialOf(w);
  const declared = readInts(node, 'kernel_shape', kernel);
  if (x.length >= 3 && x.length === w.length && declared.join() === kernel.join()) return kernel;
  throw new LoupeError(
    'badGraph',
    `its input ${formatShape(x)}, its weights ${formatShape(w)} and its kernel ${formatShape(declared)} do not fit together.`,
  );
}

/** The convolution of a Conv node, or of the gradient operator of one, with x of shape [N, C, …] and w [M, C/group, …]. */
export function convolutionOf(node: Node, x: Shape, w: Shape): Convolution {
  const convolution = {
    group: readGroup(node),
    windows: readWindows(node, kernelOf(node, x, w), spatialOf(x)),
  };
  checkChannels(convolution, x, w);
  return convolution;
}

function checkChannels({ group }: Convolution, x: Shape, w: Shape): void {
  const [outputs = 0, perGroup = 0] = w;
  if (x[1] === perGroup * group && outputs % group === 0) return;
  throw new LoupeError(
    'badGraph',
    `its weights ${formatShape(w)} in ${group} groups do not fit an input of ${x[1] ?? 0} channels.`,
  );
}

/**
 * The convolution of which a ConvTranspose node is the input gradient, and the shape of its output. Along an
 * axis, the windows span (n − 1)·stride + reach positions; output padding adds positions at the end that no
 * window need reach, and pads take positions away at both sides.
 */
export function transposedConvolutionOf(
  node: Node,
  x: Shape,
  w: Shape,
): { convolution: Convolution; shape: Shape } {
  const group = readGroup(node);
  const [sizes, rank] = [spatialOf(x), x.length - 2];
  // The windows lie on the output, whose size is not known yet: SAME is resolved below, from the span.
  const { auto_pad: _, ...explicit } = node.attributes;
  const windows = readWindows({ ...node, attributes: explicit }, kernelOf(node, x, w), sizes);
  const extra = readInts(
    node,
    'output_padding',
    sizes.map(() => 0),
  );
  const spans = sizes.map((size, axis) => span(windows, axis, size));
  const full = spans.map((size, axis) => size + (extra[axis] ?? 0));
  const placed = placeOutput(node, windows, sizes, full);
  placed.sizes.forEach((size, axis) => {
    const beyond = size + (placed.begins[axis] ?? 0) - (spans[axis] ?? 0);
    const limit = Math.max(windows.strides[axis] ?? 1, windows.dilations[axis] ?? 1);
    if (size >= 1 && beyond < limit) return;
    throw new LoupeError('badGraph', `it cannot have an output of size ${size} along spatial axis ${axis}.`);
  });
  if (x[1] !== w[0] || (w[0] ?? 0) % group !== 0 || extra.length !== rank) {
    throw new LoupeError(
      'badGraph',
      `its weights ${formatShape(w)} in ${group} groups do not fit an input of ${x[1] ?? 0} channels.`,
    );
  }
  const ends = spans.map((size, axis) =>
    Math.max(0, size - (placed.begins[axis] ?? 0) - (placed.sizes[axis] ?? 0)),
  );
  const shape = [x[0] ?? 1, (w[1] ?? 1) * group, ...placed.sizes];
  return { convolution: { group, windows: { ...windows, begins: placed.begins, ends } }, shape };
}

/** Where the output of a ConvTranspose begins within the `full` span of its windows, and its sizes. */
function placeOutput(
  node: Node,
  windows: Windows,
  sizes: readonly number[],
  full: readonly number[],
): { begins: readonly number[]; sizes: readonly number[] } {
  const mode = readAutoPad(node);
  const wanted = readInts(node, 'output_shape', []).slice(-sizes.length);
  if (wanted.length > 0) {
    const totals = full.map((size, axis) => Math.max(0, size - (wanted[axis] ?? 0)));
    return { begins: sharedPads(totals, mode).begins, sizes: wanted };
  }
  if (mode === 'NOTSET') {
    const { begins, ends } = windows;
    return { begins, sizes: full.map((size, axis) => size - (begins[axis] ?? 0) - (ends[axis] ?? 0)) };
  }
  const totals = full.map((size, axis) => {
    const same = (sizes[axis] ?? 1) * (windows.strides[axis] ?? 1);
    return mode === 'VALID' ? 0 : Math.max(0, size - same);
  });
  return {
    begins: sharedPads(totals, mode).begins,
    sizes: full.map((size, axis) => size - (totals[axis] ?? 0)),
  };
}

/** The attributes of a Conv of this convolution, its pads explicit. */
export function convolutionAttributes({ windows, group }: Convolution): Attributes {
  return { ...windowAttributes(windows), group: int(group) };
}

/** y = Conv(x, w) with exactly `sizes` windows, of which there may be more than those. */
export function convolve(
  b: GraphBuilder,
  convolution: Convolution,
  [x, w]: readonly [x: string, w: string],
  sizes: readonly number[],
): string {
  const { windows } = convolution;
  const missing = endsReached(windows, spatialOf(b.shapeOf(x)), sizes);
  // Up to stride − 1 positions that no window reaches change nothing; more would make another window.
  const surplus = missing.map((end, axis) => (end <= -(windows.strides[axis] ?? 1) ? -end : 0));
  const ends = missing.map((end) => Math.max(0, end));
  const attributes = convolutionAttributes({ ...convolution, windows: { ...windows, ends } });
  return b.add('Conv', [cropEnds(b, x, surplus), w], attributes);
}

/** dx = ConvInputGrad(ct, w), of the shape of the convolution's input. */
export function inputGradient(
  b: GraphBuilder,
  convolution: Convolution,
  [ct, w]: readonly [ct: string, w: string],
  inputShape: Shape,
): string {
  const attributes = { ...convolutionAttributes(convolution), input_shape: ints(inputShape) };
  return b.add('ConvInputGrad', [ct, w], attributes, { domain: loupeDomain });
}

/** dw = ConvWeightGrad(x, ct), of the shape of the convolution's weights. */
export function weightGradient(
  b: GraphBuilder,
  convolution: Convolution,
  [x, ct]: readonly [x: string, ct: string],
  weightShape: Shape,
): string {
  const attributes = { ...convolutionAttributes(convolution), weight_shape: ints(weightShape) };
  return b.add('ConvWeightGrad', [x, ct], attributes, { domain: loupeDomain });
}

/** Checks that a cotangent has the batch and channels of the convolution's output and no window beyond the pads. */
export function checkCotangent({ windows }: Convolution, ct: Shape, x: Shape, w: Shape): void {
  const sizes = spatialOf(ct);
  const reached = endsReached(windows, spatialOf(x), sizes);
  const fits = ct.length === x.length && ct[0] === x[0] && ct[1] === w[0];
  const inside = sizes.every((count, axis) => {
    return count >= 1 && (reached[axis] ?? 0) <= (windows.ends[axis] ?? 0);
  });
  if (fits && inside) return;
  throw new LoupeError(
    'badGraph',
    `its cotangent ${formatShape(ct)} does not fit a convolution of ${formatShape(x)} with weights ${formatShape(w)}.`,
  );
}
