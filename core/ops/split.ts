import { LoupeError } from '../base/errors.ts';
import { type Shape, normalizeAxis } from '../base/shape.ts';
import { int64, numbersOf } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import { type Node, int } from '../graph/ir.ts';
import { defineOperator, many } from './define.ts';
import { rearranged } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';
import { zerosOf } from './shared/movement.ts';

/** Cuts x along `axis`; dx = the cotangents joined again, with zeros for outputs that nothing depends on. */
export const split = defineOperator({
  opType: 'Split',
  arity: { inputs: [1, 2], outputs: [1, many] },
  attributes: { axis: 'int', num_outputs: 'int' },
  infer: ({ node, input, inputs, integers }) => {
    const { type, shape } = input(0);
    const axis = axisOf(node, shape);
    const lengths = lengthsOf(node, shape[axis] ?? 0, inputs[1] === undefined ? undefined : integers(1));
    return lengths.map((length) => ({ type, shape: shape.with(axis, length) }));
  },
  vjp: ({ b, cts, input, node, outputs, constant, shapeOf }) => {
    const shape = shapeOf(input(0));
    const axis = axisOf(node, shape);
    const given = constant(1);
    const lengths = lengthsOf(node, shape[axis] ?? 0, given === undefined ? undefined : numbersOf(given));
    const parts = outputs.map((_, index) => cts[index] ?? zerosOf(b, shape.with(axis, lengths[index] ?? 0)));
    return [b.add('Concat', parts, { axis: int(axis) })];
  },
  evaluate: (inputs, node, outputs) => {
    const source = constantInput(inputs, 0);
    const axis = axisOf(node, source.dims);
    let from = 0;
    return outputs.map(({ shape }) => {
      const start = from;
      from += shape[axis] ?? 0;
      return rearranged(source, shape, (place) => place.with(axis, (place[axis] ?? 0) + start));
    });
  },
  samples: [
    {
      title: 'lengths given',
      inputs: [{ dims: [2, 6] }, int64([1, 3, 2])],
      attributes: { axis: int(1) },
      outputs: 3,
    },
    {
      title: 'uneven last',
      inputs: [{ dims: [2, 5, 2] }],
      attributes: { axis: int(-2), num_outputs: int(3) },
      outputs: 3,
    },
    { title: 'equal halves', inputs: [{ dims: [4, 3] }], attributes: { num_outputs: int(2) }, outputs: 2 },
    {
      title: 'ten outputs',
      inputs: [{ dims: [2, 20] }],
      attributes: { axis: int(1), num_outputs: int(10) },
      outputs: 10,
    },
  ],
});

const axisOf = (node: Node, shape: Shape): number => normalizeAxis(readInt(node, 'axis', 0), shape.length);

/** Lengths of the parts: as given, or equal ones of which the last is what remains. */
function lengthsOf(node: Node, length: number, given: readonly number[] | undefined): readonly number[] {
  const lengths = given ?? equalLengths(readInt(node, 'num_outputs'), length);
  const total = lengths.reduce((sum, part) => sum + part, 0);
  if (lengths.length === node.outputs.length && total === length && lengths.every((part) => part >= 0)) {
    return lengths;
  }
  throw new LoupeError(
    'badGraph',
    `its ${node.outputs.length} outputs and the lengths ${lengths.join()} do not make up the length ${length}.`,
  );
}

function equalLengths(count: number, length: number): number[] {
  const part = Math.ceil(length / Math.max(1, count));
  return Array.from({ length: Math.max(0, Math.min(count, length + 1)) }, (_, index) =>
    index < count - 1 ? part : length - part * (count - 1),
  );
}
