import { z } from 'zod';
import { defineDefence } from './define.ts';
import { backwardOfSmooth, withBackward } from './shared/backwardPass.ts';
import { medianOfWindows } from './shared/medianFilter.ts';

/** y(i, j) = the median of x over the window about (i, j), a channel at a time. */
export const median = defineDefence({
  id: 'median',
  title: 'Median filter',
  description:
    'Replaces every pixel by the median of its neighbourhood, which removes changes of single pixels and keeps edges. The true derivative goes to the pixel that was chosen, in equal shares where several tie.',
  citation: 'Xu et al. 2018, sec. III-B (local smoothing)',
  params: z.object({
    size: z
      .int()
      .min(3)
      .max(5)
      .refine((size) => size % 2 === 1, 'Expected 3 or 5')
      .default(3)
      .meta({ title: 'Size', description: 'side of the window: 3 or 5', unit: 'pixels' }),
    backward: backwardOfSmooth(),
  }),
  emit: (b, image, { size, backward }) => withBackward(b, image, medianOfWindows(b, image, size), backward),
});
