import { z } from 'zod';
import { int } from '../../graph/ir.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { defineLoss } from './define.ts';

/** (1/K) Σ_k (z_k − t_k)². */
export const meanSquaredError = defineLoss({
  id: 'meanSquaredError',
  title: 'Mean squared error',
  description: 'The mean of the squared differences between the outputs and the numbers wanted.',
  citation: 'Bishop 2006, eq. 1.2',
  params: z.object({}),
  emit(b, { logits, targets }) {
    const { mul, sub } = arithmetic(b);
    const difference = sub(logits, targets);
    return b.add('ReduceMean', [mul(difference, difference), b.axes([1])], { keepdims: int(0) });
  },
});
