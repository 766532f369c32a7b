import { LoupeError } from '../base/errors.ts';
import { broadcastShapes } from '../base/shape.ts';
import { bool } from '../base/tensor.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { joined, take } from './shared/elements.ts';
import { broadcastIndices, constantInput } from './shared/evaluate.ts';

const condition = bool([true, false, true, true, false, false], [2, 3]);

/** z = x where the condition holds, else y, with broadcasting; dx = ct there, dy = ct elsewhere. */
export const where = defineOperator({
  opType: 'Where',
  arity: { inputs: [3, 3], outputs: [1, 1] },
  infer: ({ input }) => {
    const [test, x, y] = [input(0), input(1), input(2)];
    if (test.type !== 'bool' || x.type !== y.type) {
      throw new LoupeError('badGraph', `it chooses by ${test.type} between ${x.type} and ${y.type}.`);
    }
    return [{ type: x.type, shape: broadcastShapes(test.shape, x.shape, y.shape) }];
  },
  vjp: ({ b, ct, input, needs }) => {
    const { where: choose } = arithmetic(b);
    return [
      undefined,
      needs(1) ? choose(input(0), ct, 0) : undefined,
      needs(2) ? choose(input(0), 0, ct) : undefined,
    ];
  },
  evaluate: (inputs, _node, [output]) => {
    const [test, x, y] = [constantInput(inputs, 0), constantInput(inputs, 1), constantInput(inputs, 2)];
    const shape = output?.shape ?? [];
    const [yes, no] = [broadcastIndices(x.dims, shape), broadcastIndices(y.dims, shape)];
    const positions = broadcastIndices(test.dims, shape).map((at, index) =>
      test.data[at] === 0 ? x.data.length + (no[index] ?? 0) : (yes[index] ?? 0),
    );
    return [take(joined(x, y), positions, shape)];
  },
  samples: [
    { title: 'equal shapes', inputs: [condition, { dims: [2, 3] }, { dims: [2, 3] }] },
    { title: 'everything broadcasts', inputs: [condition, { dims: [4, 1, 1] }, { dims: [3] }] },
  ],
});
