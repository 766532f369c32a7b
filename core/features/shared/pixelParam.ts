import { z } from 'zod';

/** A parameter that is a length in whole pixels. */
export const pixels = (
  [least, greatest]: readonly [number, number],
  initial: number,
  title: string,
  description: string,
) => z.int().min(least).max(greatest).default(initial).meta({ title, description, unit: 'px' });
