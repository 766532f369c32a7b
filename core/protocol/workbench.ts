import { z } from 'zod';
import { hashSchema } from './blob.ts';
import { inputSchema } from './card.ts';
import type { MethodDescriptor } from './method.ts';
import { pictureSchema } from './resultView.ts';

/* What crosses between the page and the server about models, images and the session (jobs.ts has jobs and runs, resultView.ts
   results, blob.ts bytes). Identities of models and images are the SHA-256 of their files; of a run, of its recipe. */

export const guessSchema = z.object({ field: z.string(), value: z.string(), reason: z.string() });

/** Half a receptive field: what one element sees of the input along the width, in pixels. */
export const receptiveFieldSchema = z.object({
  size: z.number(),
  stride: z.number(),
  start: z.number(),
});

export const modelInfoSchema = z.object({
  id: hashSchema,
  /** Where its file lies on the server's machine. */
  path: z.string(),
  name: z.string(),
  /** Whether the file is still there and still the same. */
  available: z.boolean(),
  input: inputSchema,
  classes: z.int().positive(),
  /** One name a class; empty where the model has none. */
  labels: z.array(z.string()),
  /** Trained numbers. */
  parameters: z.int().nonnegative(),
  /** For one picture. */
  multiplyAdds: z.number().nonnegative(),
  /** Number of nodes by operator, in the file. */
  operators: z.record(z.string(), z.int()),
  /** Operators between picture and logits through which no gradient passes. */
  withoutGradient: z.array(z.object({ opType: z.string(), nodes: z.array(z.string()) })),
  /** Where the card came from: the path of a card file, `catalogue`, or `inferred`. */
  cardOrigin: z.string(),
  /** What nobody said about the model and Loupe inferred. */
  guesses: z.array(guessSchema),
  licence: z.string().optional(),
  source: z.string().optional(),
  /** ISO 8601. */
  opened: z.string(),
});

export type ModelInfo = z.infer<typeof modelInfoSchema>;

/** A feature map that a person would choose; `name` is what `--layer` and every layer parameter take. */
export const layerInfoSchema = z.object({
  name: z.string(),
  /** The value in the graph, and the node that makes it. */
  value: z.string(),
  opType: z.string(),
  /** [N, C, H, W]. */
  shape: z.array(z.int()),
  receptiveField: receptiveFieldSchema.optional(),
  parameters: z.int().nonnegative(),
  multiplyAdds: z.number().nonnegative(),
});

export type LayerInfo = z.infer<typeof layerInfoSchema>;

export const graphNodeSchema = z.object({
  /** Unique in the graph. */
  id: z.string(),
  /** Without the exporter's decoration. */
  name: z.string(),
  opType: z.string(),
  /** Of its first output. */
  shape: z.array(z.int()),
  parameters: z.int().nonnegative(),
  multiplyAdds: z.number().nonnegative(),
  receptiveField: receptiveFieldSchema.optional(),
  /** Name of the layer that this node makes, where it makes one. */
  layer: z.string().optional(),
  /** The innermost group it belongs to. */
  group: z.string().optional(),
  /** `input` and `output` are the ends of the graph; `preprocessing` is what Loupe puts in front. */
  role: z.enum(['input', 'preprocessing', 'network', 'output']),
  /** Attributes as text, for the inspector. */
  attributes: z.record(z.string(), z.string()),
});

export type GraphNode = z.infer<typeof graphNodeSchema>;

export const graphViewSchema = z.object({
  nodes: z.array(graphNodeSchema),
  edges: z.array(z.object({ from: z.string(), to: z.string(), shape: z.array(z.int()) })),
  /** Nodes of one name prefix; `nodes` are those directly in it. */
  groups: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      parent: z.string().optional(),
      nodes: z.array(z.string()),
    }),
  ),
});

export type GraphView = z.infer<typeof graphViewSchema>;

export const imageInfoSchema = z.object({
  id: hashSchema,
  /** File name. */
  name: z.string(),
  /** The path it was added from; absent for an upload. */
  source: z.string().optional(),
  width: z.int().positive(),
  height: z.int().positive(),
  /** What was done to the file's pixels beyond decoding them, a sentence each. */
  notes: z.array(z.string()),
  /** The decoded picture as every computation sees it: 8-bit sRGB, upright, as PNG. */
  picture: pictureSchema,
  /** At most 160 pixels on the longer side. */
  thumbnail: pictureSchema,
  added: z.string(),
});

export type ImageInfo = z.infer<typeof imageInfoSchema>;

/** Pictures that were added, and what could not be, with a sentence each. */
export const addedImagesSchema = z.object({
  images: z.array(imageInfoSchema),
  refused: z.array(z.object({ path: z.string(), message: z.string() })),
});

/** The answer to `PUT upload?name=<file name>`: a picture or an ONNX model, told apart by the name's ending. */
export const uploadAnswerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('image'), image: imageInfoSchema }),
  z.object({ kind: z.literal('model'), model: modelInfoSchema }),
]);

export type UploadAnswer = z.infer<typeof uploadAnswerSchema>;

export const predictionSchema = z.object({
  model: hashSchema,
  image: hashSchema,
  /** The likeliest first. */
  top: z.array(
    z.object({ index: z.int(), label: z.string(), logit: z.number(), probability: z.number().nullable() }),
  ),
  /** Logits that are NaN or infinite; they take no part in the order. */
  nonFinite: z.int(),
  notes: z.array(z.string()),
});

export type Prediction = z.infer<typeof predictionSchema>;

/** The arrangement of a window, as the page made it; the server keeps it and does not look inside. */
export const layoutSchema = z.object({
  name: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,63}$/u, 'must begin with a letter or a digit'),
  content: z.unknown(),
});

export type Layout = z.infer<typeof layoutSchema>;

export const sessionInfoSchema = z.object({
  version: z.string(),
  /** The workspace's folder. */
  workspace: z.string(),
  device: z.enum(['cpu', 'webgpu']),
  /** Why not the device that was wanted: sentences. */
  fallbacks: z.array(z.string()),
  methods: z.array(z.custom<MethodDescriptor>((value) => typeof value === 'object' && value !== null)),
  /** Models that come with Loupe; their paths are for `models.open` and `images.add`. */
  bundled: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      samples: z.array(z.object({ name: z.string(), path: z.string() })),
    }),
  ),
  /** What a person should know of this workspace: damaged files that were set aside. */
  messages: z.array(z.string()),
});

export type SessionInfo = z.infer<typeof sessionInfoSchema>;
