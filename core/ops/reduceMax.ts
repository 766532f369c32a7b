import { defineOperator } from './define.ts';
import { reducedExtremum } from './shared/extremum.ts';
import { evaluateReduce, reduceForm, reduceSamples, reduceTypes } from './shared/reduce.ts';

/** The largest element over the axes; its cotangent is shared equally by the elements that attain it. */
export const reduceMax = defineOperator({
  opType: 'ReduceMax',
  ...reduceForm,
  infer: reduceTypes,
  vjp: reducedExtremum,
  evaluate: evaluateReduce((values) => Math.max(...values)),
  samples: reduceSamples({ distinct: true }),
});
