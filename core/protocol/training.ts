import { z } from 'zod';

const step = z.int().min(0);

const scored = z.object({
  loss: z.number(),
  /** Share of right answers; absent where targets are numbers. */
  accuracy: z.number().optional(),
});

/** How well a layer's units live. */
const layerHealth = z.object({
  layer: z.string(),
  /** Variance of its activations over batch, units and places. */
  variance: z.number(),
  /** Share of its channels or units that answer the same to the whole batch. */
  deadShare: z.number(),
});

const parameterHealth = z.object({
  parameter: z.string(),
  /** L2 norm of the loss's gradient. */
  gradientNorm: z.number(),
  /** ‖update‖/‖parameter‖ of one step. */
  updateRatio: z.number(),
});

const misclassified = z.object({
  /** Index in the set. */
  index: z.int(),
  label: z.int(),
  predicted: z.int(),
  /** Of the class that was predicted. */
  probability: z.number(),
});

/** What a training tells while it runs, in the order in which it happens; each is one line of its log. */
export const trainingEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('started'),
    /** Numbers that are trained. */
    parameters: z.int(),
    epochs: z.int(),
    stepsPerEpoch: z.int(),
    /** Steps that a resumed training had done before. */
    resumedAt: step,
  }),
  z.object({
    kind: z.literal('step'),
    step,
    epoch: z.number(),
    loss: z.number(),
    accuracy: z.number().optional(),
    learningRate: z.number(),
    gradientNorm: z.number(),
    examplesPerSecond: z.number(),
    secondsLeft: z.number(),
  }),
  z.object({
    kind: z.literal('health'),
    step,
    layers: z.array(layerHealth),
    parameters: z.array(parameterHealth),
  }),
  z.object({
    kind: z.literal('epoch'),
    epoch: z.int(),
    training: scored,
    validation: scored.optional(),
    /** Accuracy on attacked examples of the validation set. */
    robustAccuracy: z.number().optional(),
    best: z.boolean(),
    seconds: z.number(),
  }),
  z.object({
    kind: z.literal('mistakes'),
    epoch: z.int(),
    /** Examples of class r that were taken for class c: confusion[r][c]. */
    confusion: z.array(z.array(z.int())),
    misclassified: z.array(misclassified),
  }),
  z.object({ kind: z.literal('checkpoint'), step, file: z.string() }),
  z.object({ kind: z.literal('warning'), step, sentence: z.string() }),
  z.object({
    kind: z.literal('ended'),
    step,
    reason: z.enum(['finished', 'stoppedEarly', 'cancelled']),
    bestEpoch: z.int().optional(),
  }),
]);

export type TrainingEvent = z.output<typeof trainingEventSchema>;
export type Scored = z.output<typeof scored>;
export type LayerHealth = z.output<typeof layerHealth>;
export type ParameterHealth = z.output<typeof parameterHealth>;
export type Misclassified = z.output<typeof misclassified>;
