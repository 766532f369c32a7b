import { sizeOf } from '../base/shape.ts';
import { int64 } from '../base/tensor.ts';
import { defineOperator } from './define.ts';

/** The number of elements of x. */
export const size = defineOperator({
  opType: 'Size',
  infer: () => [{ type: 'int64', shape: [] }],
  vjp: 'nondifferentiable',
  evaluateFromTypes: ([type]) => (type === undefined ? undefined : [int64([sizeOf(type.shape)], [])]),
  samples: [{ title: 'rank 3', inputs: [{ dims: [2, 3, 4] }] }],
});
