import { z } from 'zod';
import { methodRequestSchema, runCommands } from './method.ts';
import { targetSchema } from './target.ts';

const hashed = z.object({
  /** As the person gave it; relative paths are relative to the folder the command ran in. */
  path: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const finiteOrNull = z.number().nullable();

/** Everything that decides what a run computes, and what it computed: enough to repeat it bit for bit. */
export const recipeSchema = z.strictObject({
  schema: z.literal('loupe-recipe/2'),
  command: z.enum(runCommands),
  versions: z.object({ loupe: z.string(), onnxruntime: z.string(), node: z.string(), platform: z.string() }),
  /** The device that ran, after any fallback; each fallback is a sentence. */
  device: z.enum(['cpu', 'webgpu']),
  fallbacks: z.array(z.string()),
  threads: z.int().nonnegative(),
  /** The seed of every random number of the run. */
  seed: z.int().nonnegative(),
  /** What one program may take: batches follow from it, and the last bits of sums from batches. */
  memoryBytes: z.int().positive(),
  model: hashed,
  /** The card that was used, with what was guessed. */
  card: z.record(z.string(), z.unknown()),
  guesses: z.array(z.object({ field: z.string(), value: z.string(), reason: z.string() })),
  /** The pictures the run is about; `label` is the class that a person said is right. */
  images: z.array(hashed.extend({ label: z.int().nonnegative().optional() })),
  /** Further pictures by their role (`style`, `guide`). */
  references: z.record(z.string(), z.array(hashed)),
  /** What was asked to be explained or maximised. */
  target: targetSchema,
  /** Stages in front of the network, in order. */
  defences: z.array(methodRequestSchema),
  methods: z.array(methodRequestSchema).min(1),
  /** What was found, an entry a subject: an image, or the network itself. */
  results: z.array(
    z.object({
      subject: z.string(),
      /** The scalar that was explained, for attributions. null where the number is NaN or infinite. */
      explained: z
        .object({
          description: z.string(),
          class: z.int(),
          label: z.string(),
          logit: finiteOrNull,
          probability: finiteOrNull,
        })
        .optional(),
      /** Numbers and words that the methods found, by method. */
      facts: z.record(z.string(), z.record(z.string(), z.union([finiteOrNull, z.string()]))),
      /** Layers that `auto` and short names stood for, by method. */
      layers: z.record(z.string(), z.array(z.string())),
      /** Outputs with NaN or infinite elements, and how many. */
      nonFinite: z.record(z.string(), z.int()),
      files: z.array(hashed),
    }),
  ),
});

export type Recipe = z.infer<typeof recipeSchema>;
