import { LoupeError } from '../../base/errors.ts';
import { type Shape, normalizeAxis, shapesEqual, sizeOf } from '../../base/shape.ts';
import { int64, numbersOf, tensorFromNumbers } from '../../base/tensor.ts';
import { readInt } from '../../graph/attributes.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { type Node, type ValueType, int } from '../../graph/ir.ts';
import type { OperatorDefinition, Sample, SampleInput, ShapeContext, VjpContext } from '../define.ts';
import { broadcastIndices, constantInput } from './evaluate.ts';

/** What all Reduce operators have in common (opset 18: the axes are an optional input). */
export const reduceForm = {
  arity: { inputs: [1, 2], outputs: [1, 1] },
  attributes: { keepdims: 'int', noop_with_empty_axes: 'int' },
} as const;

/** The axes that a Reduce node sums over, from the values of its axes input. No axes mean all, or none on request. */
function reducedAxes(node: Node, given: readonly number[], rank: number): number[] {
  if (given.length === 0) {
    return readInt(node, 'noop_with_empty_axes', 0) === 1
      ? []
      : Array.from({ length: rank }, (_, axis) => axis);
  }
  const axes = given.map((axis) => normalizeAxis(axis, rank));
  if (new Set(axes).size !== axes.length)
    throw new LoupeError('badGraph', `it names an axis twice: ${given.join()}.`);
  return axes.sort((a, b) => a - b);
}

function keptShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
}

/** The shape after a reduction over `axes`. */
export function reducedShape(shape: Shape, axes: readonly number[], keepdims: boolean): number[] {
  return keepdims ? keptShape(shape, axes) : shape.filter((_, axis) => !axes.includes(axis));
}

/** Shape rule of the Reduce operators. */
export function reduceTypes({ node, input, inputs, integers }: ShapeContext): ValueType[] {
  const { type, shape } = input(0);
  const axes = reducedAxes(node, inputs[1] === undefined ? [] : integers(1), shape.length);
  return [{ type, shape: reducedShape(shape, axes, readInt(node, 'keepdims', 1) === 1) }];
}

/** Evaluation of a Reduce operator; `combine` sees the elements of one group. */
export function evaluateReduce(
  combine: (values: readonly number[]) => number,
): NonNullable<OperatorDefinition['evaluate']> {
  return (inputs, node, outputs) => {
    const [source, output] = [constantInput(inputs, 0), outputs[0]];
    if (output === undefined) throw new LoupeError('internal', 'A reduction has one output.');
    const given = inputs[1] === undefined ? [] : numbersOf(inputs[1]);
    const kept = keptShape(source.dims, reducedAxes(node, given, source.dims.length));
    const groups = Array.from({ length: sizeOf(kept) }, (): number[] => []);
    const values = numbersOf(source);
    broadcastIndices(kept, source.dims).forEach((group, at) => groups[group]?.push(values[at] ?? 0));
    return [tensorFromNumbers(output.type, groups.map(combine), output.shape)];
  };
}

/** A reduction as its gradient rule sees it: the reduced axes are kept with size 1, so that values broadcast. */
export interface Reduction {
  readonly x: string;
  readonly axes: readonly number[];
  /** The number of elements that become one. */
  readonly count: number;
  /** Cotangent of the output, with the reduced axes kept. */
  readonly ct: string;
  /** The output, with the reduced axes kept. */
  readonly y: () => string;
  /** Repeats a value along the reduced axes, to the shape of x. */
  readonly spread: (name: string) => string;
}

export function reductionOf(context: VjpContext): Reduction {
  const { b, node } = context;
  const x = context.input(0);
  const shape = b.shapeOf(x);
  const given = context.constant(1);
  const axes = reducedAxes(node, given === undefined ? [] : numbersOf(given), shape.length);
  const kept = keptShape(shape, axes);
  const keep = (name: string): string =>
    shapesEqual(b.shapeOf(name), kept) ? name : b.add('Reshape', [name, b.axes(kept)]);
  return {
    x,
    axes,
    count: sizeOf(axes.map((axis) => shape[axis] ?? 1)),
    ct: keep(context.ct),
    y: () => keep(context.output(0)),
    spread: (name) => (shapesEqual(kept, shape) ? name : b.add('Expand', [name, b.axes(shape)])),
  };
}

/** Σ over `axes`, which are kept with size 1. */
export function sumOver(b: GraphBuilder, value: string, axes: readonly number[]): string {
  return axes.length === 0 ? value : b.add('ReduceSum', [value, b.axes(axes)], { keepdims: int(1) });
}

/** The mean over `axes`, which are kept with size 1. */
export function meanOver(b: GraphBuilder, value: string, axes: readonly number[]): string {
  return axes.length === 0 ? value : b.add('ReduceMean', [value, b.axes(axes)], { keepdims: int(1) });
}

/** The variants that every Reduce operator is tested on; `values` says how the elements of x are drawn. */
export function reduceSamples(values: Omit<SampleInput, 'dims'> = {}): Sample[] {
  const x = { ...values, dims: [2, 3, 4] };
  return [
    { title: 'all axes', inputs: [x] },
    { title: 'two axes, not kept', inputs: [x, int64([0, 2])], attributes: { keepdims: int(0) } },
    { title: 'a negative axis, kept', inputs: [x, int64([-2])] },
  ];
}
