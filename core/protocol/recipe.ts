import { z } from 'zod';

const hashed = z.object({
  /** As the person gave it; relative paths are relative to the folder the command ran in. */
  path: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const method = z.object({
  id: z.string().min(1),
  params: z.record(z.string(), z.unknown()),
});

/** Everything that decides what a run computes, and what it computed: enough to repeat it bit for bit. */
export const recipeSchema = z.strictObject({
  schema: z.literal('loupe-recipe/1'),
  command: z.literal('explain'),
  versions: z.object({ loupe: z.string(), onnxruntime: z.string(), node: z.string(), platform: z.string() }),
  /** The device that ran, after any fallback; each fallback is a sentence. */
  device: z.enum(['cpu', 'webgpu']),
  fallbacks: z.array(z.string()),
  threads: z.int().nonnegative(),
  model: hashed,
  /** The card that was used, with what was guessed. */
  card: z.record(z.string(), z.unknown()),
  guesses: z.array(z.object({ field: z.string(), value: z.string(), reason: z.string() })),
  images: z.array(hashed).min(1),
  /** The class asked for: `top`, or its index. */
  target: z.union([z.literal('top'), z.int().nonnegative()]),
  methods: z.array(method).min(1),
  /** What was found, an entry an image: the class explained and its score. */
  results: z.array(
    z.object({
      image: z.string(),
      /** null where the number is NaN or infinite. */
      target: z.object({
        index: z.int(),
        label: z.string(),
        logit: z.number().nullable(),
        probability: z.number().nullable(),
      }),
      /** Layers that `auto` and short names stood for, by method. */
      layers: z.record(z.string(), z.array(z.string())),
      /** Outputs with NaN or infinite elements, and how many. */
      nonFinite: z.record(z.string(), z.int()),
      files: z.array(hashed),
    }),
  ),
});

export type Recipe = z.infer<typeof recipeSchema>;
