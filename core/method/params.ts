import { z } from 'zod';

/** How the channels of an input-shaped attribution become one map. */
export const reduction = (initial: 'signed' | 'abs') =>
  z.enum(['signed', 'abs']).default(initial).meta({
    title: 'Channels',
    description:
      'signed: sum over the channels; abs: greatest absolute value over the channels (Simonyan et al. 2014)',
  });

export const layerReference = () =>
  z.string().min(1).default('auto').meta({
    title: 'Layer',
    description: 'a layer of "loupe info"; auto is the last feature map',
  });

/** A count of steps, samples … */
export const count = (initial: number, title: string, description: string, greatest = 100_000) =>
  z.int().min(1).max(greatest).default(initial).meta({ title, description });

/** A number in a closed range; `unit` is shown behind it. */
export const numberIn = (
  [least, greatest]: readonly [number, number],
  initial: number,
  text: { title: string; description: string; unit?: string },
) => z.number().min(least).max(greatest).default(initial).meta(text);

export const flag = (initial: boolean, title: string, description: string) =>
  z.boolean().default(initial).meta({ title, description });
