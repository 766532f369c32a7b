import { constant } from '../../core/training/schedules/constant.ts';
import { buildNetwork } from '../../core/nn/buildNetwork.ts';
import type { Runtime } from '../../core/runtime/runtime.ts';
import { valueExamples } from '../../core/training/examples.ts';
import { trainableOf } from '../../core/training/trainable.ts';
import { train } from '../../core/training/trainer.ts';
import { seededRandom } from '../../core/base/random.ts';
import { architectureOf } from '../../models/architectures/registry.ts';
import { problemOf } from '../training/problem.ts';
import type { Timed } from './methodRuns.ts';

const steps = 10;
const architectures: Readonly<Record<string, string>> = { lenet5: 'lenet5', resnet20: 'cifarResNet20' };

/** Steps of the trainer as \`loupe train\` takes them, on random images. */
export function trainingRun(net: string, batch: number, runtime: Runtime): Timed {
  const built = buildNetwork(architectureOf(architectures[net] ?? net), {}, { seed: 0 });
  const trainable = trainableOf(built);
  const width = trainable.exampleShape.reduce((product, size) => product * size, 1);
  const random = seededRandom(1);
  const images = Float32Array.from({ length: batch * width }, () => random.uniform());
  const targets = new Float32Array(batch * built.classes);
  for (let index = 0; index < batch; index++) targets[index * built.classes + (index % built.classes)] = 1;
  const labels = Int32Array.from({ length: batch }, (_, index) => index % built.classes);
  const training = train({
    runtime,
    problem: problemOf(trainable, built.classes, {
      optimizer: 'sgd',
      optimizerParams: { momentum: 0.9, weightDecay: 5e-4 },
    }),
    training: valueExamples(images, targets, { width, outputs: built.classes, labels }),
    validation: undefined,
    schedule: { definition: constant, params: {} },
    learningRate: 0.01,
    warmupEpochs: 0,
    epochs: 1_000_000,
    batchSize: batch,
    seed: 0,
    adversarial: undefined,
    patience: undefined,
    healthEvery: 0,
    resume: undefined,
  });
  return async () => {
    for (let taken = 0; taken < steps; ) {
      const told = await training.next();
      if (told.done === true) throw new Error('The training ended.');
      if (told.value.event.kind === 'step') taken++;
    }
    return steps;
  };
}
