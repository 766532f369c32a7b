import { z } from 'zod';
import { int } from '../../graph/ir.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { defineLoss } from './define.ts';

/** (1/K) Σ_k log(1 + e^{z_k}) − t_k z_k: each output is a logistic unit of its own. */
export const binaryCrossEntropy = defineLoss({
  id: 'binaryCrossEntropy',
  title: 'Binary cross-entropy',
  description: 'The negative log probability of each output under its own logistic function.',
  citation: 'Bishop 2006, eq. 4.90',
  params: z.object({}),
  emit(b, { logits, targets }) {
    const { apply, mul, sub } = arithmetic(b);
    const each = sub(apply('Softplus', logits), mul(targets, logits));
    return b.add('ReduceMean', [each, b.axes([1])], { keepdims: int(0) });
  },
});
