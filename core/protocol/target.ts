import { z } from 'zod';

const classIndex = z
  .union([z.literal('top'), z.int().nonnegative()])
  .describe('An index, or top: the class with the greatest logit');
const layer = z.string().min(1).describe('A layer of "loupe info"');
const position = z.int().nonnegative();

/** The scalar that is explained or maximised: the score S of every formula. */
export const targetSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('class'),
    class: classIndex,
    /** The logit, or the logarithm of the class's probability. */
    of: z.enum(['logit', 'logProbability']).default('logit'),
  }),
  /** Logit of `class` minus logit of `against`: what tells the two apart. */
  z.strictObject({ kind: z.literal('difference'), class: classIndex, against: position }),
  /** One element of a feature map (a neuron). */
  z.strictObject({ kind: z.literal('unit'), layer, channel: position, row: position, column: position }),
  /** Mean of one channel over its positions. */
  z.strictObject({ kind: z.literal('channel'), layer, channel: position }),
  /** Mean square of a whole layer (DeepDream's objective). */
  z.strictObject({ kind: z.literal('layer'), layer }),
  /** Mean over the positions of the dot product with a vector of one number a channel. */
  z.strictObject({ kind: z.literal('direction'), layer, vector: z.array(z.number()).min(1) }),
]);

export type Target = z.infer<typeof targetSchema>;

export const topClass: Target = { kind: 'class', class: 'top', of: 'logit' };

/** A target that names a layer instead of classes. */
export type LayerTarget = Extract<Target, { layer: string }>;
