import { sizeOf } from '../base/shape.ts';
import { tensor } from '../base/tensor.ts';
import { type Augmentation, augmentationSchema, noAugmentation } from '../data/augmentation/schema.ts';
import type { DataSet } from '../data/dataSet.ts';
import { relu } from '../nn/layers/activation.ts';
import { numbered } from '../nn/layers/composition.ts';
import { flatten, linear } from '../nn/layers/linear.ts';
import type { GridCell, ImageGridResult } from '../protocol/results.ts';
import type { Examples } from '../training/examples.ts';
import { imageExamples } from '../training/imageExamples.ts';
import { defineLesson } from './define.ts';
import { atLeast, atMost } from './shared/checks.ts';
import { type Fit, fit } from './shared/fit.ts';
import { gapCurves } from './shared/gap.ts';
import { letterPictures } from './shared/letterPictures.ts';
import { pictureNetwork } from './shared/network.ts';
import { type Score, scoreOf, scoreTable } from './shared/scores.ts';

const [trainingLength, heldOutLength, units] = [120, 600, 64];
const [batchSize, epochs, learningRate] = [30, 100, 0.005];

/** What may happen to a letter without making it another one. */
const changes: Augmentation = augmentationSchema.parse({ crop: 2, rotation: 20, scale: 0.2 });
const trainings = [
  { label: 'without augmentation', augmentation: noAugmentation },
  { label: 'augmented', augmentation: changes },
] as const;

export const augmentation = defineLesson({
  id: 'augmentation',
  topic: 'regularization',
  title: 'Data augmentation on a small data set',
  claim:
    'Shifting, turning and scaling a few training pictures anew in every epoch closes most of the gap between training and held-out pictures.',
  citation: 'Simard, Steinkraus and Platt 2003, "Best practices for convolutional neural networks"',
  async *run(run) {
    const seen = letterPictures(run.seed, trainingLength, 0);
    const heldOut = letterPictures(run.seed, heldOutLength, 1);
    const [channels, height, width] = seen.shape;
    const { seed } = run;
    const outputs = seen.classes.length;
    const fits: { label: string; fit: Fit }[] = [];
    const scores: { label: string; onTraining: Score; onHeldOut: Score }[] = [];
    for (const [index, { label, augmentation: chosen }] of trainings.entries()) {
      const layers = numbered(flatten, linear(units), relu, linear(outputs));
      const found = yield* fit({
        run,
        what: label,
        part: [index, trainings.length],
        network: pictureNetwork({ channels, height, width }, layers, { seed }),
        loss: { id: 'crossEntropy' },
        optimizer: { id: 'adam' },
        training: imageExamples(seen, { seed, outputs, augmentation: chosen }),
        validation: imageExamples(heldOut, { seed, outputs }),
        schedule: { id: 'cosine' },
        learningRate,
        batchSize,
        epochs,
      });
      fits.push({ label, fit: found });
      const onTraining = await scoreOf(run.runtime, found, pixelsOf(seen));
      scores.push({ label, onTraining, onHeldOut: await scoreOf(run.runtime, found, pixelsOf(heldOut)) });
    }
    const gaps = scores.map(({ onTraining, onHeldOut }) => onHeldOut.loss - onTraining.loss);
    const [plain = Number.NaN, augmented = Number.NaN] = gaps;
    const [before, after] = scores.map(({ onHeldOut }) => onHeldOut);
    return {
      results: [
        gapCurves({ name: 'loss', title: `Letters learned from ${trainingLength} pictures` }, fits),
        changedLetters(seen, imageExamples(seen, { seed, outputs, augmentation: changes })),
        scoreTable(scores),
      ],
      checks: [
        atMost(
          'gap between held-out and training loss with augmentation, over that without',
          augmented / plain,
          0.5,
        ),
        atMost(
          'held-out loss with augmentation over that without',
          (after?.loss ?? Number.NaN) / (before?.loss ?? Number.NaN),
          0.8,
        ),
        atLeast(
          'held-out accuracy with augmentation minus that without',
          (after?.accuracy ?? Number.NaN) - (before?.accuracy ?? Number.NaN),
          0.04,
        ),
      ],
    };
  },
});

const pixelsOf = ({ images, labels }: DataSet) => ({
  inputs: Float32Array.from(images, (level) => level / 255),
  labels,
});

/** One picture of each letter as it is, and what it becomes in three epochs. */
function changedLetters({ classes, shape }: DataSet, examples: Examples): ImageGridResult {
  const size = sizeOf(shape);
  const indices = Int32Array.from({ length: classes.length }, (_, index) => index);
  const rows = [undefined, 0, 1, 2].map((epoch): GridCell[] => {
    const images = new Float32Array(indices.length * size);
    examples.write({ indices, epoch, images, targets: new Float32Array(indices.length * classes.length) });
    return classes.map((name, index) => ({
      image: tensor('float32', images.slice(index * size, (index + 1) * size), shape),
      caption: [epoch === undefined ? `${name} as it is` : `${name} in epoch ${epoch + 1}`],
    }));
  });
  return {
    type: 'imageGrid',
    name: 'letters',
    title: 'Training pictures and what augmentation makes of them',
    columns: classes.length,
    cells: rows.flat(),
    notes: ['Up to 2 pixels of shift, 20° of rotation and a fifth of scaling.'],
  };
}
