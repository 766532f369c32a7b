import { z } from 'zod';
import { LoupeError } from '../base/errors.ts';
import { decodeSafetensors, encodeSafetensors } from '../base/safetensors.ts';
import { formatShape, shapesEqual } from '../base/shape.ts';
import type { Tensor } from '../base/tensor.ts';
import { type TrainingIdentity, describeDifference, identityText } from './identity.ts';
import { type Layout, type LayoutEntry, pack, unpack } from './layout.ts';
import type { Problem } from './problem.ts';
import type { EpochRecord, TrainingState } from './state.ts';

const scored = z.object({ loss: z.number(), accuracy: z.number().optional() });

const bookSchema = z.object({
  step: z.int().min(0),
  epochs: z.array(
    z.object({
      epoch: z.int(),
      training: scored,
      validation: scored.optional(),
      robustAccuracy: z.number().optional(),
    }),
  ),
  sums: z.object({ loss: z.number(), correct: z.number(), examples: z.number() }),
  best: z.object({ epoch: z.int(), value: z.number() }).optional(),
  memory: z.array(z.string()),
  averaged: z.boolean(),
});

const [bookKey, identityKey] = ['loupe.training', 'loupe.identity'] as const;

/**
 * A checkpoint is a .safetensors file: parameters and running statistics under their own names, so that it opens anywhere; what the
 * optimizer remembers as `optimizer.<what>.<name>`, the moving average as `average.<name>`, and the books in its metadata.
 *
 * @param identity what the training was asked and which data it sees; another one does not go on from this checkpoint.
 */
export function encodeCheckpoint(
  problem: Problem,
  state: TrainingState,
  identity: TrainingIdentity,
): Uint8Array {
  const { parameters, buffers } = problem.trainable;
  const tensors = new Map<string, Tensor>();
  const add = (prefix: string, layout: Layout, flat: Float32Array): void => {
    for (const [name, value] of unpack(layout, flat)) tensors.set(`${prefix}${name}`, value);
  };
  add('', parameters, state.theta);
  add('', buffers, state.buffers);
  for (const [name, flat] of Object.entries(state.memory)) add(`optimizer.${name}.`, parameters, flat);
  if (state.average !== undefined) add('average.', parameters, state.average);
  const { step, epochs, sums, best } = state;
  const book: z.input<typeof bookSchema> = {
    step,
    epochs: [...epochs],
    sums,
    ...(best === undefined ? {} : { best }),
    memory: Object.keys(state.memory),
    averaged: state.average !== undefined,
  };
  return encodeSafetensors(tensors, {
    [bookKey]: JSON.stringify(book),
    [identityKey]: identityText(identity),
  });
}

/**
 * The state that a checkpoint holds.
 *
 * @throws LoupeError badFile where the file is damaged or no checkpoint; mismatch where it is of another training.
 */
export function decodeCheckpoint(
  problem: Problem,
  bytes: Uint8Array,
  { name, identity }: { name: string; identity: TrainingIdentity },
): TrainingState {
  const { tensors, metadata } = decodeSafetensors(bytes, name);
  const text = metadata[bookKey];
  if (text === undefined) {
    throw new LoupeError(
      'badFile',
      `Expected a checkpoint of a training at ${name}, but it holds only weights.`,
    );
  }
  const difference = describeDifference(metadata[identityKey] ?? '', identity);
  if (difference !== undefined) {
    throw new LoupeError(
      'mismatch',
      `The checkpoint ${name} is of another training: ${difference}. Give another folder, or the same configuration.`,
    );
  }
  const book = bookFrom(text, name);
  const { parameters, buffers } = problem.trainable;
  const read = (prefix: string, layout: Layout): Float32Array =>
    pack(layout, new Map(layout.entries.map((entry) => [entry.name, present(tensors, prefix, entry, name)])));
  return {
    step: book.step,
    theta: read('', parameters),
    buffers: read('', buffers),
    memory: Object.fromEntries(book.memory.map((each) => [each, read(`optimizer.${each}.`, parameters)])),
    average: book.averaged ? read('average.', parameters) : undefined,
    epochs: book.epochs as EpochRecord[],
    sums: book.sums,
    best: book.best,
  };
}

function bookFrom(text: string, file: string): z.output<typeof bookSchema> {
  try {
    return bookSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new LoupeError('badFile', `The checkpoint ${file} is damaged: its books cannot be read.`, {
      cause: error,
    });
  }
}

function present(
  tensors: ReadonlyMap<string, Tensor>,
  prefix: string,
  { name, shape }: LayoutEntry,
  file: string,
): Tensor {
  const found = tensors.get(`${prefix}${name}`);
  if (found?.type === 'float32' && shapesEqual(found.dims, shape)) return found;
  throw new LoupeError(
    'badFile',
    `The checkpoint ${file} is damaged: it lacks "${prefix}${name}" of shape ${formatShape(shape)}.`,
  );
}
