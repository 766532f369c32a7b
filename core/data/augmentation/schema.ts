import { z } from 'zod';

const amount = (greatest: number, title: string, description: string, unit?: string) =>
  z
    .number()
    .min(0)
    .max(greatest)
    .default(0)
    .meta({ title, description, ...(unit === undefined ? {} : { unit }) });

const pixels = (greatest: number, title: string, description: string) =>
  z.int().min(0).max(greatest).default(0).meta({ title, description, unit: 'px' });

/** What is done to training images; 0 and false, the defaults, do nothing. */
export const augmentationSchema = z.object({
  crop: pixels(64, 'Random crop', 'pad by so many pixels on every side and cut out the old size anywhere'),
  flip: z.boolean().default(false).meta({
    title: 'Flip',
    description: 'mirror left and right half of the images; not for digits and letters',
  }),
  rotation: amount(180, 'Rotation', 'turn by up to so many degrees either way', '°'),
  scale: amount(0.9, 'Scale', 'enlarge or shrink by a factor between 1 − scale and 1 + scale'),
  border: z.enum(['zero', 'reflect']).default('zero').meta({
    title: 'Border',
    description: 'what cropping, rotating and scaling see outside the image: black, or its mirror image',
  }),
  brightness: amount(1, 'Brightness', 'multiply pixels by a factor between 1 − b and 1 + b'),
  contrast: amount(1, 'Contrast', 'stretch about the mean grey by a factor between 1 − c and 1 + c'),
  saturation: amount(
    1,
    'Saturation',
    'stretch about the grey of each pixel by a factor between 1 − s and 1 + s',
  ),
  cutout: pixels(256, 'Cutout', 'fill a square of this side anywhere with mid grey'),
  mixup: amount(10, 'Mixup', 'α of the Beta(α, α) by whose draw two images and their targets are mixed'),
});

export type Augmentation = Readonly<z.output<typeof augmentationSchema>>;

/** Nothing is done. */
export const noAugmentation: Augmentation = augmentationSchema.parse({});
