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
