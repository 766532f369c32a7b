import { defineOperator } from './define.ts';
import { reducedExtremum } from './shared/extremum.ts';
import { evaluateReduce, reduceForm, reduceSamples, reduceTypes } from './shared/reduce.ts';

/** The smallest element over the axes; its cotangent is shared equally by the elements that attain it. */
export const reduceMin = defineOperator({
  opType: 'ReduceMin',
  ...reduceForm,
  infer: reduceTypes,
  vjp: reducedExtremum,
  evaluate: evaluateReduce((values) => Math.min(...values)),
  samples: reduceSamples({ distinct: true }),
});
