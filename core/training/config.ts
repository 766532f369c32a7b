import { z } from 'zod';
import { LoupeError } from '../base/errors.ts';
import { listed, suggestion } from '../base/nearest.ts';
import { badParameter } from '../base/parameters.ts';
import { augmentationSchema } from '../data/augmentation/schema.ts';
import { count, flag, numberIn } from '../method/params.ts';
import { initializerSchema } from '../nn/initialization.ts';
import { adversarialSchema } from './adversarial.ts';
import { configRefusal } from './refusal.ts';

/** A choice among definitions, with its own parameters. */
const choice = (id: string) =>
  z
    .strictObject({ id: z.string().min(1), params: z.record(z.string(), z.unknown()).default({}) })
    .default({ id, params: {} });

const penaltiesSchema = z.strictObject({
  l1: numberIn([0, 100], 0, { title: 'L1', description: 'λ of λ Σ|θ|' }),
  l2: numberIn([0, 100], 0, { title: 'L2', description: 'λ of λ/2 Σθ²' }),
  inputGradient: numberIn([0, 1000], 0, {
    title: 'Input gradient',
    description: 'λ of λ times the mean squared norm of the gradient of the loss by the image',
  }),
});

/** How layers draw their first weights; those that are left out, and scales and shifts of norms, draw what their architecture says. */
const initializationSchema = z.strictObject({
  convolution: initializerSchema.optional(),
  linear: initializerSchema.optional(),
  bias: initializerSchema.optional(),
});

/** A training as a person writes it; everything but architecture and data has a default. */
export const trainingConfigSchema = z.strictObject({
  architecture: z.strictObject({
    id: z.string().min(1),
    params: z.record(z.string(), z.unknown()).default({}),
  }),
  data: z.strictObject({
    id: z.string().min(1),
    path: z
      .string()
      .optional()
      .meta({ title: 'Path', description: 'folder or file that holds the data set' }),
    params: z.record(z.string(), z.unknown()).default({}),
  }),
  /** Examples that are held back from training. */
  validation: numberIn([0, 0.9], 0.1, {
    title: 'Validation',
    description: 'share of the training examples that is held back',
  }),
  normalise: flag(
    true,
    'Normalise',
    'subtracts the mean and divides by the deviation of the training pixels, a channel',
  ),
  augmentation: z.strictObject(augmentationSchema.shape).prefault({}),
  initialization: initializationSchema.prefault({}),
  loss: choice('crossEntropy'),
  optimizer: choice('sgd'),
  schedule: choice('cosine'),
  learningRate: z
    .number()
    .positive()
    .max(1000)
    .default(0.05)
    .meta({ title: 'Learning rate', description: 'before the schedule' }),
  warmupEpochs: numberIn([0, 1000], 0, {
    title: 'Warm-up',
    description: 'epochs over which the learning rate rises from 0',
  }),
  epochs: count(10, 'Epochs', 'passes through the training examples', 100_000),
  batchSize: count(128, 'Batch size', 'examples of one step', 65_536),
  penalties: penaltiesSchema.prefault({}),
  clipNorm: z
    .number()
    .positive()
    .optional()
    .meta({ title: 'Clip', description: 'greatest L2 norm of the gradient' }),
  averageDecay: z.number().gt(0).lt(1).optional().meta({
    title: 'Average',
    description: 'weight of the past in the moving average of the parameters, which is then what is used',
  }),
  decayVectors: flag(
    true,
    'Decay vectors',
    'whether biases and the scales and shifts of norms decay as the weights do',
  ),
  adversarial: adversarialSchema.optional(),
  patience: z.int().min(1).optional().meta({
    title: 'Patience',
    description: 'epochs without a better validation result after which the training ends',
  }),
  healthEvery: z.int().min(0).default(100).meta({
    title: 'Health',
    description: 'steps between two looks at the activations and gradients of the layers; 0: never',
  }),
  restarts: count(1, 'Restarts', 'trainings from other initial parameters; the best is kept', 1000),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(0)
    .meta({ title: 'Seed', description: 'of everything random' }),
});

export type TrainingConfig = z.output<typeof trainingConfigSchema>;

/** The checked configuration; a sentence says what is wrong with another. */
export function trainingConfigFrom(given: unknown, source: string): TrainingConfig {
  const parsed = trainingConfigSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw configRefusal(trainingConfigSchema, parsed.error, source);
}

/** The definition that a choice names, and its parameters with their defaults. */
export function chosen<T extends { readonly id: string; readonly params: z.ZodObject }>(
  definitions: Readonly<Record<string, T>>,
  { id, params }: { id: string; params: Readonly<Record<string, unknown>> },
  what: string,
): { definition: T; params: Readonly<Record<string, unknown>> } {
  const definition = Object.values(definitions).find((each) => each.id === id);
  if (definition === undefined) {
    const ids = Object.values(definitions).map((each) => each.id);
    throw new LoupeError(
      'notFound',
      `There is no ${what} "${id}".${suggestion(id, ids)} There are ${listed(ids)}.`,
    );
  }
  const parsed = z.strictObject(definition.params.shape).safeParse(params);
  if (parsed.success) return { definition, params: parsed.data };
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const [unknown = ''] = issue.keys;
    const known = Object.keys(definition.params.shape);
    const has = known.length === 0 ? ' It has none.' : ` It has ${listed(known, 'and')}.`;
    const near = suggestion(unknown, known);
    throw new LoupeError(
      'badArgument',
      `The ${what} ${id} has no parameter "${unknown}".${near === '' ? has : near}`,
    );
  }
  throw badParameter(parsed.error, `the ${what} ${id}`);
}
