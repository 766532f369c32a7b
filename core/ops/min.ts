import { defineOperator, many } from './define.ts';
import { broadcastOf, numeric } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';
import { elementwiseExtremum } from './shared/extremum.ts';

/** The smallest of any number of values, with broadcasting; its cotangent is shared by the inputs that attain it. */
export const min = defineOperator({
  opType: 'Min',
  arity: { inputs: [1, many], outputs: [1, 1] },
  infer: broadcastOf(...numeric),
  vjp: elementwiseExtremum,
  evaluate: evaluateElementwise(Math.min),
  samples: [
    {
      title: 'two inputs',
      inputs: [
        { dims: [2, 3], range: [-1, -0.1] },
        { dims: [2, 3], range: [0.1, 1] },
      ],
    },
    {
      title: 'three inputs, broadcast',
      inputs: [
        { dims: [2, 3], distinct: true },
        { dims: [1], range: [0.15, 0.18] },
        { dims: [2, 1], range: [-0.18, -0.15] },
      ],
    },
    { title: 'one input', inputs: [{ dims: [4] }] },
  ],
});
