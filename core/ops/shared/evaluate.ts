import { LoupeError } from '../../base/errors.ts';
import { type Shape, sizeOf, stridesOf } from '../../base/shape.ts';
import { type Tensor, numbersOf, tensorFromNumbers } from '../../base/tensor.ts';
import { describeNode } from '../../graph/attributes.ts';
import type { OperatorDefinition } from '../define.ts';

type Evaluate = NonNullable<OperatorDefinition['evaluate']>;

/** For each element of `target` in row-major order, the index of the element of `source` broadcast onto it. */
export function broadcastIndices(source: Shape, target: Shape): number[] {
  const strides = stridesOf(source);
  const offset = target.length - source.length;
  const targetStrides = stridesOf(target);
  return Array.from({ length: sizeOf(target) }, (_, flat) => {
    let index = 0;
    source.forEach((dim, axis) => {
      if (dim === 1) return;
      const at = Math.floor(flat / (targetStrides[axis + offset] ?? 1)) % dim;
      index += at * (strides[axis] ?? 1);
    });
    return index;
  });
}

/** The input that folding needs; the folder only calls `evaluate` when all present inputs are constants. */
export function constantInput(inputs: readonly (Tensor | undefined)[], index: number): Tensor {
  const found = inputs[index];
  if (found === undefined) throw new LoupeError('badGraph', `its input number ${index + 1} is missing.`);
  return found;
}

/** Evaluation of an elementwise operator of any number of inputs with broadcasting. */
export function evaluateElementwise(compute: (...values: number[]) => number): Evaluate {
  return (inputs, node, outputs) => {
    const output = outputs[0];
    if (output === undefined) throw new LoupeError('internal', 'An elementwise operator has one output.');
    const present = inputs.filter((value) => value !== undefined);
    const columns = present.map((value) => {
      const numbers = numbersOf(value);
      return broadcastIndices(value.dims, output.shape).map((index) => numbers[index] ?? 0);
    });
    const values = Array.from({ length: sizeOf(output.shape) }, (_, at) =>
      compute(...columns.map((column) => column[at] ?? 0)),
    );
    if (output.type !== 'float32' && !values.every(Number.isFinite)) {
      throw new LoupeError(
        'badGraph',
        `The ${describeNode(node)} has no whole number as its result: it divides by zero.`,
      );
    }
    return [tensorFromNumbers(output.type, values, output.shape)];
  };
}
