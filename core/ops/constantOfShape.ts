import { LoupeError } from '../base/errors.ts';
import { sizeOf } from '../base/shape.ts';
import { type Tensor, float32, int64 } from '../base/tensor.ts';
import { readTensor } from '../graph/attributes.ts';
import type { Node } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { take } from './shared/elements.ts';

/** A tensor of the given shape, filled with one value (0 unless given). */
export const constantOfShape = defineOperator({
  opType: 'ConstantOfShape',
  attributes: { value: 'tensor' },
  infer: ({ node, integers }) => [{ type: valueOf(node).type, shape: integers(0) }],
  vjp: 'zero',
  evaluate: (_inputs, node, [output]) => {
    const shape = output?.shape ?? [];
    return [take(valueOf(node), new Array<number>(sizeOf(shape)).fill(0), shape)];
  },
  samples: [
    { title: 'zeros', inputs: [int64([2, 3])] },
    {
      title: 'an integer',
      inputs: [int64([2])],
      attributes: { value: { kind: 'tensor', value: int64([7]) } },
    },
  ],
});

function valueOf(node: Node): Tensor {
  const value = node.attributes.value === undefined ? float32([0]) : readTensor(node, 'value');
  if (sizeOf(value.dims) === 1) return value;
  throw new LoupeError('badGraph', `its value has ${sizeOf(value.dims)} elements instead of one.`);
}
