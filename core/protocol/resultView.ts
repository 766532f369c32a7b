import { z } from 'zod';
import { arraySchema, blobSchema, hashSchema } from './blob.ts';

/** JSON has no NaN and no infinity: they come as null. */
const numberOrNull = z.number().nullable();

export const factSchema = z.object({
  label: z.string(),
  value: z.union([numberOrNull, z.string()]),
  unit: z.string().optional(),
});

export type FactView = z.infer<typeof factSchema>;

/** A picture as it is drawn: pixel for pixel, no frame and no caption. */
export const pictureSchema = blobSchema.extend({
  width: z.int().positive(),
  height: z.int().positive(),
});

export type PictureBlob = z.infer<typeof pictureSchema>;

const common = {
  /** Id of the method. */
  method: z.string(),
  /** Unique among the results of one method and subject. */
  name: z.string(),
  title: z.string(),
  facts: z.array(factSchema),
  /** What a reader must know: sentences. */
  notes: z.array(z.string()),
  /** The files that `loupe` writes for it, figures with titles and colour bars among them. */
  files: z.array(blobSchema),
};

/** A result as a panel draws it; one type a kind of result, whatever method it came from. */
export const resultViewSchema = z.discriminatedUnion('type', [
  z.object({
    ...common,
    type: z.literal('heatmap'),
    /** Raw and signed: [C, H, W] of the input, or [1, h, w] of a layer. */
    attribution: arraySchema,
    /** What is drawn: [H, W] at the resolution of the subject's `input`. */
    map: arraySchema,
    /** Whether the map has a meaningful zero. */
    signed: z.boolean(),
    /** How the colours of a signed map read. */
    reading: z.string(),
  }),
  z.object({
    ...common,
    type: z.literal('image'),
    picture: pictureSchema,
    /** [C, H, W] in [0, 1]. */
    image: arraySchema,
    /** Whether the picture is the result itself (an adversarial example) or a drawing of the array's numbers. */
    exact: z.boolean(),
  }),
  z.object({
    ...common,
    type: z.literal('imageGrid'),
    cells: z.array(z.object({ picture: pictureSchema, caption: z.array(z.string()) })),
    columns: z.int().positive().optional(),
    /** [n, C, H, W] in [0, 1] where all cells are of one size. */
    stack: arraySchema.optional(),
  }),
  z.object({
    ...common,
    type: z.literal('curve'),
    x: z.object({
      label: z.string(),
      values: z.array(numberOrNull),
      ticks: z.array(z.string()).optional(),
    }),
    y: z.object({
      label: z.string(),
      range: z.tuple([z.number(), z.number()]).optional(),
      percent: z.boolean().optional(),
    }),
    series: z.array(
      z.object({
        label: z.string(),
        y: z.array(numberOrNull),
        low: z.array(numberOrNull).optional(),
        high: z.array(numberOrNull).optional(),
      }),
    ),
  }),
  z.object({
    ...common,
    type: z.literal('table'),
    columns: z.array(z.object({ title: z.string(), right: z.boolean().optional() })),
    rows: z.array(z.array(z.union([numberOrNull, z.string()]))),
  }),
  z.object({ ...common, type: z.literal('model'), model: blobSchema }),
]);

export type ResultView = z.infer<typeof resultViewSchema>;
export type ResultViewOf<Type extends ResultView['type']> = Extract<ResultView, { type: Type }>;

/** What a run found about one subject: an image, or the network itself. */
export const subjectViewSchema = z.object({
  /** File name of the image, or name of the model. */
  title: z.string(),
  /** Absent where the subject is the network. */
  image: hashSchema.optional(),
  /** What the network saw of the image: the picture that maps of [H, W] lie on. */
  input: pictureSchema.optional(),
  /** The scalar that was explained. */
  explained: z
    .object({
      description: z.string(),
      index: z.int(),
      label: z.string(),
      logit: numberOrNull,
      probability: numberOrNull,
    })
    .optional(),
  /** Layers that each method used. */
  layers: z.record(z.string(), z.array(z.string())),
  /** NaN and infinite elements by output. */
  nonFinite: z.record(z.string(), z.int()),
  results: z.array(resultViewSchema),
  /** Files about all methods together: the contact sheet. */
  files: z.array(blobSchema),
});

export type SubjectView = z.infer<typeof subjectViewSchema>;
