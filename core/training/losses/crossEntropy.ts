import { z } from 'zod';
import { int } from '../../graph/ir.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { numberIn } from '../../method/params.ts';
import { defineLoss } from './define.ts';

const params = z.object({
  labelSmoothing: numberIn([0, 0.99], 0, {
    title: 'Label smoothing',
    description: 'share of the target that is spread over all classes',
  }),
});

/** −Σ_k t_k log softmax(z)_k with t ← (1 − s)t + s/K. */
export const crossEntropy = defineLoss({
  id: 'crossEntropy',
  title: 'Cross-entropy',
  description: 'The negative log probability of the right class under softmax.',
  citation: 'Bishop 2006, eq. 4.108; label smoothing: Szegedy et al. 2016, sec. 7',
  params,
  emit(b, { logits, targets }, { labelSmoothing }) {
    const { add, apply, mul } = arithmetic(b);
    const classes = b.shapeOf(logits)[1] ?? 1;
    const wanted =
      labelSmoothing === 0 ? targets : add(mul(targets, 1 - labelSmoothing), labelSmoothing / classes);
    const logProbabilities = b.add('LogSoftmax', [logits], { axis: int(1) });
    const sum = b.add('ReduceSum', [mul(wanted, logProbabilities), b.axes([1])], { keepdims: int(0) });
    return apply('Neg', sum);
  },
});
