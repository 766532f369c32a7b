import { defineOperator } from './define.ts';
import { argumentForm, argumentSamples, argumentTypes } from './shared/argument.ts';

/** The index of the largest element along an axis; an index has no derivative. */
export const argMax = defineOperator({
  opType: 'ArgMax',
  attributes: argumentForm,
  infer: argumentTypes,
  vjp: 'nondifferentiable',
  samples: argumentSamples,
});
