import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../../core/base/safetensors.ts';
import { float32 } from '../../../core/base/tensor.ts';
import { chain, named } from '../../../core/nn/layers/composition.ts';
import { flatten, linear } from '../../../core/nn/layers/linear.ts';
import { batchNorm } from '../../../core/nn/layers/normalization.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../../core/training/checkpoint.ts';
import { type TrainingState, initialState } from '../../../core/training/state.ts';
import { drawn, trainableFrom } from '../../training/networks.ts';
import { problemOf } from '../../training/problem.ts';

const trainable = trainableFrom(
  chain(named('norm', batchNorm()), flatten, named('head', linear(2))),
  [2, 2, 2],
);
const problem = problemOf(trainable, 2, { optimizer: 'adam', optimizerParams: {}, averageDecay: 0.9 });
const identity = { epochs: 5, seed: 1 };
const name = 'last.safetensors';

const { size } = trainable.parameters;
const state: TrainingState = {
  ...initialState(problem),
  step: 17,
  theta: drawn(size, 1),
  buffers: drawn(trainable.buffers.size, 2),
  memory: { mean: drawn(size, 3), square: drawn(size, 4) },
  average: drawn(size, 5),
  epochs: [{ epoch: 1, training: { loss: 1 / 3, accuracy: 0.1 }, validation: { loss: Math.PI } }],
  sums: { loss: 0.1 + 0.2, correct: 3, examples: 8 },
  best: { epoch: 1, value: -Math.PI },
};
const bytes = encodeCheckpoint(problem, state, identity);
const decode = (from: Uint8Array, other = identity) =>
  decodeCheckpoint(problem, from, { name, identity: other });

/** The checkpoint with other tensors or metadata. */
function changed(
  change: (parts: {
    tensors: Map<string, ReturnType<typeof float32>>;
    metadata: Record<string, string>;
  }) => void,
): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(bytes, name);
  const parts = { tensors: new Map(tensors), metadata: { ...metadata } };
  change(parts);
  return encodeSafetensors(parts.tensors, parts.metadata);
}

describe('a checkpoint', () => {
  it('gives the state back, every number exactly', () => {
    expect(decode(bytes)).toEqual(state);
    const first = initialState(problemOf(trainable, 2));
    expect(decode(encodeCheckpoint(problemOf(trainable, 2), first, identity))).toEqual(first);
  });

  it('holds the parameters under their own names, so that it opens anywhere', () => {
    const { tensors } = decodeSafetensors(bytes, name);
    expect(tensors.get('head.weight')?.dims).toEqual([2, 8]);
    expect(tensors.get('norm.running_var')?.data).toEqual(state.buffers.subarray(2));
    expect(tensors.get('optimizer.square.head.bias')?.data).toEqual(state.memory['square']?.slice(-2));
  });

  it.each<[string, Uint8Array, string, string]>([
    ['cut off', bytes.subarray(0, bytes.length - 7), 'badFile', 'last.safetensors is cut off'],
    ['cut off in its header', bytes.subarray(0, 40), 'badFile', 'is cut off inside its header'],
    ['empty', new Uint8Array(), 'badFile', 'is empty'],
    [
      'mere weights',
      encodeSafetensors(new Map([['head.weight', float32([1])]])),
      'badFile',
      'Expected a checkpoint of a training at last.safetensors, but it holds only weights.',
    ],
    [
      'without a tensor',
      changed(({ tensors }) => tensors.delete('average.head.bias')),
      'badFile',
      'is damaged: it lacks "average.head.bias" of shape 2.',
    ],
    [
      'with a tensor of another shape',
      changed(({ tensors }) => tensors.set('head.bias', float32([1, 2, 3]))),
      'badFile',
      'is damaged: it lacks "head.bias" of shape 2.',
    ],
    [
      'with books that are no JSON',
      changed(({ metadata }) => {
        metadata['loupe.training'] = '{"step": 1';
      }),
      'badFile',
      'The checkpoint last.safetensors is damaged: its books cannot be read.',
    ],
    [
      'with other books',
      changed(({ metadata }) => {
        metadata['loupe.training'] = '{"step": -1}';
      }),
      'badFile',
      'The checkpoint last.safetensors is damaged: its books cannot be read.',
    ],
  ])('is refused with a sentence if it is %s', (_, damaged, code, sentence) => {
    expect(() => decode(damaged)).toThrow(sentence);
    expect(() => decode(damaged)).toThrow(expect.objectContaining({ code }));
  });

  it('is refused by another training, with the field that differs', () => {
    expect(() => decode(bytes, { epochs: 6, seed: 1 })).toThrow(
      'The checkpoint last.safetensors is of another training: epochs was 5 and is 6 now. Give another folder, or the same configuration.',
    );
    expect(() => decode(bytes, { epochs: 6, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'mismatch' }),
    );
  });
});
