import { z } from 'zod';
import { numberIn } from '../../method/params.ts';
import { defineSchedule } from './define.ts';

export const staircase = defineSchedule({
  id: 'staircase',
  title: 'Staircase',
  description: 'The learning rate falls by a factor at certain shares of the training.',
  citation: 'He et al. 2016, sec. 3.4',
  params: z.object({
    factor: numberIn([1e-6, 1], 0.1, { title: 'Factor', description: 'of each step down' }),
    at: z
      .array(z.number().gt(0).lt(1))
      .default([0.5, 0.75])
      .meta({ title: 'At', description: 'shares of the training after which the rate falls' }),
  }),
  factor: ({ step, steps }, { factor, at }) => factor ** at.filter((share) => step >= share * steps).length,
});
