import { int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { argumentForm, argumentTypes } from './shared/argument.ts';

/** The index of the largest element along an axis; an index has no derivative. */
export const argMax = defineOperator({
  opType: 'ArgMax',
  attributes: argumentForm,
  infer: argumentTypes,
  vjp: 'nondifferentiable',
  samples: [
    { title: 'the first axis, kept', inputs: [{ dims: [3, 4], distinct: true }] },
    {
      title: 'the last axis, not kept',
      inputs: [{ dims: [3, 4], distinct: true }],
      attributes: { axis: int(-1), keepdims: int(0) },
    },
  ],
});
