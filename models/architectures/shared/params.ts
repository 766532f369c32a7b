import { z } from 'zod';
import { count, numberIn } from '../../../core/method/params.ts';
import type { InputShape } from '../../../core/nn/buildNetwork.ts';
import { type ActivationName, activationNames } from '../../../core/nn/layers/activation.ts';

export interface PictureDefaults {
  readonly classes: number;
  readonly channels: number;
  /** Height and width. */
  readonly size: number;
}

/** What every architecture can be asked: how many classes, and of which pictures. */
export const pictureParams = ({ classes, channels, size }: PictureDefaults) => ({
  classes: count(classes, 'Classes', 'number of classes'),
  channels: count(channels, 'Channels', 'colour channels of the input', 1024),
  size: z
    .int()
    .min(1)
    .max(4096)
    .default(size)
    .meta({ title: 'Size', description: 'height and width of the input', unit: 'px' }),
});

/** The defaults of networks made for ImageNet. */
export const imageNetParams = (size = 224) => pictureParams({ classes: 1000, channels: 3, size });

export const squareInput = (params: { readonly channels: number; readonly size: number }): InputShape => ({
  channels: params.channels,
  height: params.size,
  width: params.size,
});

export const dropoutParam = (initial: number) =>
  numberIn([0, 0.95], initial, {
    title: 'Dropout',
    description: 'probability with which a unit is zeroed in training',
  });

export const activationParam = (initial: ActivationName) =>
  z
    .enum(activationNames)
    .default(initial)
    .meta({ title: 'Activation', description: 'what follows each hidden layer; sigmoid is the logistic' });

/** Widths of hidden layers, first to last. */
export const widths = (initial: readonly number[], title: string, description: string) =>
  z
    .array(z.int().min(1).max(100_000))
    .max(50)
    .default([...initial])
    .meta({ title, description });
