import { z } from 'zod';
import { numberIn } from '../../method/params.ts';
import { defineSchedule } from './define.ts';

export const oneCycle = defineSchedule({
  id: 'oneCycle',
  title: 'One cycle',
  description: 'The learning rate rises in a straight line to its peak and falls in one to the end.',
  citation: 'Smith and Topin 2018',
  params: z.object({
    rise: numberIn([0.01, 0.99], 0.3, {
      title: 'Rise',
      description: 'share of the training before the peak',
    }),
    initial: numberIn([0, 1], 0.04, { title: 'Initial', description: 'factor at the beginning' }),
    final: numberIn([0, 1], 1e-4, { title: 'Final', description: 'factor at the end' }),
  }),
  factor({ step, steps }, { rise, initial, final }) {
    const done = step / steps;
    if (done < rise) return initial + (1 - initial) * (done / rise);
    return 1 + (final - 1) * ((done - rise) / (1 - rise));
  },
});
