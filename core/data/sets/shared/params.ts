import { z } from 'zod';

/** A side of a picture in pixels; 0 leaves it to the files. */
export const side = (title: string, description: string) =>
  z.int().min(0).max(4096).default(0).meta({ title, description, unit: 'px' });

/** A switch that is off. */
export const switched = (title: string, description: string) =>
  z.boolean().default(false).meta({ title, description });
