import { describe, expect, it } from 'vitest';
import { chosen, trainingConfigFrom } from '../../../core/training/config.ts';
import { describeDifference, identityText } from '../../../core/training/identity.ts';
import * as losses from '../../../core/training/losses/index.ts';
import * as optimizers from '../../../core/training/optimizers/index.ts';
import * as schedules from '../../../core/training/schedules/index.ts';

const least = { architecture: { id: 'lenet5' }, data: { id: 'mnist' } };
const read = (more: Readonly<Record<string, unknown>>) =>
  trainingConfigFrom({ ...least, ...more }, 'training.json');

describe('a configuration', () => {
  it('has a default for everything but architecture and data', () => {
    expect(trainingConfigFrom(least, 'x')).toMatchObject({
      validation: 0.1,
      loss: { id: 'crossEntropy', params: {} },
      optimizer: { id: 'sgd', params: {} },
      schedule: { id: 'cosine', params: {} },
      penalties: { l1: 0, l2: 0, inputGradient: 0 },
      augmentation: { crop: 0, flip: false, mixup: 0 },
      initialization: {},
      epochs: 10,
      batchSize: 128,
      restarts: 1,
      seed: 0,
    });
  });

  it('is the same when it is read again from what was written', () => {
    const initialization = { linear: { kind: 'xavier' } };
    const config = read({ initialization, adversarial: { epsilon: 0.1 }, clipNorm: 2 });
    expect(trainingConfigFrom(JSON.parse(JSON.stringify(config)), 'x')).toEqual(config);
  });

  it.each<[Record<string, unknown>, string]>([
    [
      { epoch: 3 },
      'No training has a field "epoch", but training.json gives one. Did you mean "epochs" or "warmupEpochs"?',
    ],
    [
      { augmentation: { rotatoin: 10 } },
      'No training has a field "augmentation.rotatoin", but training.json gives one. Did you mean "rotation"?',
    ],
    [
      { penalties: { l3: 1 } },
      'No training has a field "penalties.l3", but training.json gives one. Did you mean "l1" or "l2"?',
    ],
    [
      { adversarial: { eps: 1 } },
      'No training has a field "adversarial.eps", but training.json gives one. Did you mean "epsilon", "stepSize" or "steps"?',
    ],
    [{ architecture: undefined }, 'The field architecture is missing in training.json.'],
    [{ data: { path: 'x' } }, 'The field data.id is missing in training.json.'],
    [{ epochs: 0 }, 'The field epochs of training.json is not valid: Too small: expected number to be >=1.'],
    [
      { learningRate: 'fast' },
      'The field learningRate of training.json is not valid: Invalid input: expected number, received string.',
    ],
    [
      { initialization: { linear: { kind: 'kamming' } } },
      "The field initialization.linear.kind of training.json is not valid: Invalid discriminator value. Expected 'kaiming' | 'xavier'",
    ],
  ])('is refused with a sentence: %j', (more, sentence) => {
    expect(() => read(more)).toThrow(sentence);
    expect(() => read(more)).toThrow(expect.objectContaining({ code: 'badArgument' }));
  });

  it('is refused where it is no object', () => {
    expect(() => trainingConfigFrom(3, 'training.json')).toThrow(
      'Expected the fields of a training for training.json: Invalid input: expected object, received number.',
    );
  });
});

describe('a choice', () => {
  it('fills in the defaults of its parameters', () => {
    expect(chosen(optimizers, { id: 'sgd', params: { nesterov: true } }, 'optimizer').params).toEqual({
      momentum: 0.9,
      nesterov: true,
      weightDecay: 0,
    });
  });

  it('is refused where there is none of the name, or its parameters are others', () => {
    expect(() => chosen(optimizers, { id: 'adm', params: {} }, 'optimizer')).toThrow(
      'There is no optimizer "adm". Did you mean "adam"? There are adam, adamW, lbfgs, rmsprop or sgd.',
    );
    expect(() => chosen(optimizers, { id: 'sgd', params: { momentun: 0 } }, 'optimizer')).toThrow(
      'The optimizer sgd has no parameter "momentun". Did you mean "momentum"?',
    );
    expect(() => chosen(schedules, { id: 'constant', params: { factor: 1 } }, 'schedule')).toThrow(
      'The schedule constant has no parameter "factor". It has none.',
    );
    expect(() => chosen(losses, { id: 'crossEntropy', params: { x: 1 } }, 'loss')).toThrow(
      'The loss crossEntropy has no parameter "x". It has labelSmoothing.',
    );
    expect(() => chosen(optimizers, { id: 'sgd', params: { momentum: 2 } }, 'optimizer')).toThrow(
      'The parameter momentum of the optimizer sgd is not valid: Too big: expected number to be <=0.9999.',
    );
  });
});

describe('an identity', () => {
  const identity = {
    epochs: 5,
    optimizer: { id: 'sgd', params: { momentum: 0.9 } },
    examples: 'a'.repeat(64),
  };
  const differenceFrom = (kept: Record<string, unknown>) => describeDifference(identityText(kept), identity);

  it('does not depend on the order of fields, nor on fields that are not given', () => {
    const { epochs, optimizer, examples } = identity;
    const turned = { examples, optimizer: { params: optimizer.params, id: 'sgd' }, epochs };
    expect(differenceFrom(turned)).toBeUndefined();
    expect(differenceFrom({ ...identity, clipNorm: undefined })).toBeUndefined();
  });

  it('names the fields that differ', () => {
    expect(differenceFrom({ ...identity, epochs: 10 })).toBe('epochs was 10 and is 5 now');
    expect(differenceFrom({ ...identity, clipNorm: 1, examples: 'b' })).toBe(
      'clipNorm was 1 and is not given now, examples has changed',
    );
    expect(describeDifference('0'.repeat(64), identity)).toBe(
      'its configuration or its data are not those of this one',
    );
  });
});
