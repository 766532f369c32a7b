import { defineOperator } from './define.ts';
import { argumentForm, argumentSamples, argumentTypes } from './shared/argument.ts';

/** The index of the smallest element along an axis; an index has no derivative. */
export const argMin = defineOperator({
  opType: 'ArgMin',
  attributes: argumentForm,
  infer: argumentTypes,
  vjp: 'nondifferentiable',
  samples: argumentSamples,
});
