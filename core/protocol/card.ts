import { z } from 'zod';

const positive = z.int().min(1).max(16384);

export const resizeSchema = z
  .discriminatedUnion('mode', [
    z.strictObject({
      mode: z.literal('shorterSide'),
      size: positive.describe('Length in pixels that the shorter side gets before the centre is cut out'),
    }),
    z.strictObject({ mode: z.literal('stretch') }),
    z.strictObject({ mode: z.literal('none') }),
  ])
  .describe('How a picture of any size becomes one of the network’s size');

export type Resize = z.infer<typeof resizeSchema>;

const numbersAChannel = z.array(z.number()).min(1).max(3);

/** What the network is given: a picture of this size, its values mapped and normalised. */
export const inputSchema = z.strictObject({
  width: positive,
  height: positive,
  channels: z.union([z.literal(1), z.literal(3)]),
  colourOrder: z.enum(['RGB', 'BGR', 'grey']),
  layout: z.enum(['NCHW', 'NHWC']).describe('Order of the axes of the network’s own input'),
  resize: resizeSchema,
  range: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, 'the first number must be the smaller one')
    .describe('What pixel values 0 and 1 become before the mean is subtracted: [0, 1], [0, 255], [-1, 1] …'),
  mean: numbersAChannel.describe('Subtracted after the range, a channel in the network’s own order'),
  std: z.array(z.number().positive()).min(1).max(3).describe('Divided by after the mean, a channel'),
});

/** Label sets that are known by name; their texts come from a file beside the model where they are not short. */
export const labelRules = ['imagenet', 'cifar10', 'digits'] as const;

export type LabelRule = (typeof labelRules)[number];

/** `model.card.json` as a person writes it: everything may be left out, nothing unknown may be in it. */
export const cardFileSchema = z
  .strictObject({
    name: z.string().min(1),
    input: inputSchema.partial(),
    labels: z
      .union([z.array(z.string()), z.string().min(1)])
      .describe(
        'The names of the classes, or a .json or .txt file beside the card, or imagenet, cifar10, digits',
      ),
    logits: z.string().describe('Name of the value that holds the scores before any softmax'),
    layers: z.array(z.string()).describe('Layers that a person would choose, from the input to the output'),
    licence: z.string(),
    source: z.string(),
  })
  .partial();

export type CardFile = z.infer<typeof cardFileSchema>;

export type InputCard = Readonly<z.infer<typeof inputSchema>>;

/** A complete card. `mean` and `std` have one number a channel. */
export interface ModelCard {
  readonly name: string;
  readonly input: InputCard;
  /** One name a class. */
  readonly labels: readonly string[];
  /** Name of the value that holds the scores before any softmax. */
  readonly logits: string;
  readonly layers?: readonly string[];
  readonly licence?: string;
  readonly source?: string;
}

/** Something that the card's reader supposed, with the reason; every guess is shown. */
export interface Guess {
  /** `input.mean`, `labels` … */
  readonly field: string;
  readonly value: string;
  readonly reason: string;
}
