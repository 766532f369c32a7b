import { LoupeError } from '../base/errors.ts';
import { type Shape, normalizeAxis } from '../base/shape.ts';
import { type Tensor, float32, int64, numbersOf } from '../base/tensor.ts';
import { readString } from '../graph/attributes.ts';
import { int, type Node, string } from '../graph/ir.ts';
import { type VjpContext, defineOperator } from './define.ts';
import { mapAxis, selectionMatrix, transposeMatrix } from './shared/axisMap.ts';
import { coordinatesOf, joined, positionOf, take } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';
import { padded } from './shared/movement.ts';

/**
 * Pads x, or crops it where a pad is negative. Mode constant: dx = ct cropped (padded where x was cropped),
 * and the padding value gets the rest of Σ ct. The other modes repeat elements of x along each axis, a linear
 * map S by axis, so dx = Sᵀ ct along each axis.
 */
export const pad = defineOperator({
  opType: 'Pad',
  arity: { inputs: [2, 4], outputs: [1, 1] },
  attributes: { mode: 'string' },
  infer: ({ node, input, inputs, integers }) => {
    const { type, shape } = input(0);
    const axes = axisPads(node, shape, integers(1), inputs[3] === undefined ? undefined : integers(3));
    return [{ type, shape: axes.map(({ from, before, after }) => from + before + after) }];
  },
  vjp: (context) => {
    const axes = padsOfContext(context);
    return modeOf(context.node) === 'constant' ? constantVjp(context, axes) : [repeatingVjp(context, axes)];
  },
  evaluate: (inputs, node, [output]) => {
    const [source, shape] = [constantInput(inputs, 0), output?.shape ?? []];
    const axesGiven = inputs[3] === undefined ? undefined : numbersOf(inputs[3]);
    const axes = axisPads(node, source.dims, numbersOf(constantInput(inputs, 1)), axesGiven);
    const sources = axes.map((axis) => sourcesOf(axis, modeOf(node)));
    const positions = coordinatesOf(shape).map((place) => {
      const origin = place.map((at, axis) => sources[axis]?.[at] ?? -1);
      return origin.includes(-1) ? source.data.length : positionOf(source.dims, origin);
    });
    return [take(joined(source, ...paddingValue(inputs[2])), positions, shape)];
  },
  samples: [
    { title: 'zeros, one side cropped', inputs: [{ dims: [2, 3, 3] }, int64([0, 1, -1, 0, 2, 1])] },
    {
      title: 'a value, some axes',
      inputs: [{ dims: [2, 3] }, int64([1, 2]), float32([0.5], []), int64([-1])],
    },
    { title: 'a computed value', inputs: [{ dims: [2, 2] }, int64([1, 0, 0, 1]), { dims: [] }] },
    {
      title: 'reflect',
      inputs: [{ dims: [1, 2, 3, 4] }, int64([0, 0, 2, 1, 0, 0, 1, 3])],
      attributes: { mode: string('reflect') },
    },
    {
      title: 'edge, one side cropped',
      inputs: [{ dims: [2, 4, 3] }, int64([0, -1, 1, 1, 3, 2])],
      attributes: { mode: string('edge') },
    },
    {
      title: 'wrap',
      inputs: [{ dims: [3, 3] }, int64([2, 1]), '', int64([0])],
      attributes: { mode: string('wrap') },
    },
  ],
});

/** One axis of length `from` and what is added at its ends. */
interface AxisPad {
  readonly from: number;
  readonly before: number;
  readonly after: number;
}

const modes: readonly string[] = ['constant', 'reflect', 'edge', 'wrap'];

function modeOf(node: Node): string {
  const mode = readString(node, 'mode', 'constant');
  if (modes.includes(mode)) return mode;
  throw new LoupeError('badGraph', `its mode is "${mode}", not one of ${modes.join(', ')}.`);
}

function axisPads(
  node: Node,
  shape: Shape,
  pads: readonly number[],
  given: readonly number[] | undefined,
): AxisPad[] {
  const axes = given?.map((axis) => normalizeAxis(axis, shape.length)) ?? shape.map((_, axis) => axis);
  if (pads.length !== 2 * axes.length) {
    throw new LoupeError('badGraph', `it has ${pads.length} pads for ${axes.length} axes.`);
  }
  const result = shape.map((from): AxisPad => ({ from, before: 0, after: 0 }));
  axes.forEach((axis, index) => {
    const [before = 0, after = 0] = [pads[index], pads[index + axes.length]];
    const one: AxisPad = { from: shape[axis] ?? 0, before, after };
    checkLength(one, modeOf(node));
    result[axis] = one;
  });
  return result;
}

function checkLength({ from, before, after }: AxisPad, mode: string): void {
  const kept = from + Math.min(0, before) + Math.min(0, after);
  const most = mode === 'reflect' ? kept - 1 : kept;
  const bounded = mode === 'reflect' || mode === 'wrap';
  if (kept < 0 || (bounded && Math.max(before, after) > Math.max(0, most))) {
    throw new LoupeError(
      'badGraph',
      `an axis of length ${from} cannot take the pads ${before} and ${after} in mode ${mode}.`,
    );
  }
}

/** For every element of a padded axis, the element of x that it repeats; −1 for the padding value. */
function sourcesOf({ from, before, after }: AxisPad, mode: string): number[] {
  const first = Math.max(0, -before);
  const kept = from - first - Math.max(0, -after);
  return Array.from({ length: from + before + after }, (_, at) => {
    const place = at - Math.max(0, before);
    if (place >= 0 && place < kept) return first + place;
    if (mode === 'constant' || kept === 0) return -1;
    if (mode === 'edge') return first + (place < 0 ? 0 : kept - 1);
    if (mode === 'wrap') return first + ((place + kept) % kept);
    return first + (place < 0 ? -place : 2 * (kept - 1) - place);
  });
}

function padsOfContext({ node, input, constant, shapeOf }: VjpContext): AxisPad[] {
  const [pads, axes] = [constant(1), constant(3)];
  return axisPads(
    node,
    shapeOf(input(0)),
    pads === undefined ? [] : numbersOf(pads),
    axes === undefined ? undefined : numbersOf(axes),
  );
}

function constantVjp({ b, ct, needs }: VjpContext, axes: readonly AxisPad[]): (string | undefined)[] {
  const inner = padded(
    b,
    ct,
    axes.map(({ before }) => -before),
    axes.map(({ after }) => -after),
  );
  const sum = (value: string): string => b.add('ReduceSum', [value], { keepdims: int(0) });
  // Where x was cropped, `inner` has zeros, so its sum is that of the elements of ct that came from x.
  return [inner, undefined, needs(2) ? b.add('Sub', [sum(ct), sum(inner)]) : undefined];
}

function repeatingVjp({ b, ct, node }: VjpContext, axes: readonly AxisPad[]): string {
  return axes.reduce((value, axis, index) => {
    if (axis.before === 0 && axis.after === 0) return value;
    const repeats = selectionMatrix(sourcesOf(axis, modeOf(node)), axis.from);
    return mapAxis(b, value, index, transposeMatrix(repeats));
  }, ct);
}

const paddingValue = (value: Tensor | undefined): Tensor[] => (value === undefined ? [] : [value]);
