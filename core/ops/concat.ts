import { LoupeError } from '../base/errors.ts';
import { type Shape, formatShape, normalizeAxis } from '../base/shape.ts';
import { type Tensor, float32 } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import { type Node, type ValueType, int } from '../graph/ir.ts';
import { type ShapeContext, type Vjp, defineOperator, many } from './define.ts';
import { coordinatesOf, joined, positionOf, take } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';
import { slicedAxis } from './shared/movement.ts';

/** y = the inputs, one after the other along `axis`; each input's cotangent is its slice of ct. */
export const concat = defineOperator({
  opType: 'Concat',
  arity: { inputs: [1, many], outputs: [1, 1] },
  attributes: { axis: 'int' },
  infer,
  vjp: ((context) => {
    const { b, ct, inputs, node, needs, shapeOf } = context;
    const axis = axisOf(node, shapeOf(ct));
    let from = 0;
    return inputs.map((input, index) => {
      const to = from + (shapeOf(input)[axis] ?? 0);
      const part = needs(index) && to > from ? slicedAxis(b, ct, axis, from, to) : undefined;
      from = to;
      return part;
    });
  }) satisfies Vjp,
  evaluate: (inputs, node, [output]) => [concatenated(inputs, node, output?.shape ?? [])],
  samples: [
    {
      title: 'three inputs',
      inputs: [{ dims: [2, 1, 3] }, { dims: [2, 2, 3] }, { dims: [2, 3, 3] }],
      attributes: { axis: int(1) },
    },
    {
      title: 'negative axis, one constant',
      inputs: [{ dims: [2, 3] }, float32([1, 2], [2, 1])],
      attributes: { axis: int(-1) },
    },
    { title: 'one input', inputs: [{ dims: [4] }], attributes: { axis: int(0) } },
  ],
});

const axisOf = (node: Node, shape: Shape): number => normalizeAxis(readInt(node, 'axis'), shape.length);

function infer({ node, input, inputs }: ShapeContext): ValueType[] {
  const { type, shape: first } = input(0);
  const axis = axisOf(node, first);
  let length = 0;
  inputs.forEach((_, index) => {
    const { type: other, shape } = input(index);
    const fits = shape.length === first.length && shape.every((dim, at) => at === axis || dim === first[at]);
    if (!fits || other !== type) {
      throw new LoupeError(
        'badGraph',
        `${type} ${formatShape(first)} and ${other} ${formatShape(shape)} cannot be joined along axis ${axis}.`,
      );
    }
    length += shape[axis] ?? 0;
  });
  return [{ type, shape: first.with(axis, length) }];
}

function concatenated(inputs: readonly (Tensor | undefined)[], node: Node, shape: Shape): Tensor {
  const parts = inputs.map((_, index) => constantInput(inputs, index));
  const axis = axisOf(node, shape);
  const positions = new Array<number>(coordinatesOf(shape).length);
  let [offset, from] = [0, 0];
  for (const { dims } of parts) {
    coordinatesOf(dims).forEach((place, at) => {
      positions[positionOf(shape, place.with(axis, (place[axis] ?? 0) + from))] = offset + at;
    });
    offset += dims.reduce((product, dim) => product * dim, 1);
    from += dims[axis] ?? 0;
  }
  return take(joined(constantInput(inputs, 0), ...parts.slice(1)), positions, shape);
}
