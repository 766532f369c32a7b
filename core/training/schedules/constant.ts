import { z } from 'zod';
import { defineSchedule } from './define.ts';

export const constant = defineSchedule({
  id: 'constant',
  title: 'Constant',
  description: 'The learning rate stays as it is.',
  citation: 'Robbins and Monro 1951',
  params: z.object({}),
  factor: () => 1,
});
