import { z } from 'zod';
import { count, numberIn } from '../../method/params.ts';
import { defineSchedule } from './define.ts';

export const plateau = defineSchedule({
  id: 'plateau',
  title: 'Plateau',
  description: 'The learning rate falls by a factor when the validation loss has not fallen for some epochs.',
  citation: 'Goodfellow, Bengio and Courville 2016, sec. 8.3',
  params: z.object({
    factor: numberIn([1e-6, 1], 0.1, { title: 'Factor', description: 'of each step down' }),
    patience: count(3, 'Patience', 'epochs without a lower loss', 10_000),
  }),
  factor({ validationLosses }, { factor, patience }) {
    let [best, waited, steps] = [Number.POSITIVE_INFINITY, 0, 0];
    for (const loss of validationLosses) {
      waited = loss < best ? 0 : waited + 1;
      best = Math.min(best, loss);
      if (waited < patience) continue;
      steps++;
      waited = 0;
    }
    return factor ** steps;
  },
});
