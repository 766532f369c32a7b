import { z } from 'zod';
import { numberIn } from '../../method/params.ts';
import { defineSchedule } from './define.ts';

/** f + (1 − f)(1 + cos πt)/2 for t from 0 to 1. */
export const cosine = defineSchedule({
  id: 'cosine',
  title: 'Cosine',
  description: 'The learning rate falls along half a cosine.',
  citation: 'Loshchilov and Hutter 2017, eq. 5',
  params: z.object({
    final: numberIn([0, 1], 0, { title: 'Final', description: 'factor at the end' }),
  }),
  factor: ({ step, steps }, { final }) =>
    final + (1 - final) * 0.5 * (1 + Math.cos((Math.PI * step) / steps)),
});
