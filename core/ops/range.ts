import { LoupeError } from '../base/errors.ts';
import { int64, numbersOf, tensorFromNumbers } from '../base/tensor.ts';
import { defineOperator } from './define.ts';
import { constantInput } from './shared/evaluate.ts';

/** start, start + delta, … up to `limit` (exclusive). */
export const range = defineOperator({
  opType: 'Range',
  arity: { inputs: [3, 3], outputs: [1, 1] },
  infer: ({ input, integers }) => {
    const [[start = 0], [limit = 0], [delta = 0]] = [integers(0), integers(1), integers(2)];
    if (delta === 0) throw new LoupeError('badGraph', 'its step is 0.');
    return [{ type: input(0).type, shape: [Math.max(0, Math.ceil((limit - start) / delta))] }];
  },
  vjp: 'nondifferentiable',
  evaluate: (inputs, _node, [output]) => {
    const [start = 0, delta = 0] = [0, 2].flatMap((index) => numbersOf(constantInput(inputs, index)));
    const {
      type,
      shape: [length],
    } = output ?? { type: 'int64', shape: [0] };
    return [
      tensorFromNumbers(
        type,
        Array.from({ length: length ?? 0 }, (_, at) => start + at * delta),
        [length ?? 0],
      ),
    ];
  },
  samples: [{ title: 'steps of two', inputs: [int64([1], []), int64([8], []), int64([2], [])] }],
});
