import { defineOperator, many } from './define.ts';
import { broadcastOf, numeric } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';
import { elementwiseExtremum, extremumSamples } from './shared/extremum.ts';

/** The largest of any number of values, with broadcasting; its cotangent is shared by the inputs that attain it. */
export const max = defineOperator({
  opType: 'Max',
  arity: { inputs: [1, many], outputs: [1, 1] },
  infer: broadcastOf(...numeric),
  vjp: elementwiseExtremum,
  evaluate: evaluateElementwise(Math.max),
  samples: extremumSamples,
});
