import path from 'node:path';
import { classify } from '../../attacks/shared/classify.ts';
import { rowOf } from '../../attacks/shared/rows.ts';
import { topOf } from '../../attacks/shared/verdict.ts';
import { LoupeError, expected } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';
import type { MethodContext, PictureInput } from '../../method/context.ts';

/** The pictures of an evaluation and what is right about them. */
export interface Subject {
  /** [n, C, H, W]. */
  readonly images: Tensor;
  /** File names. */
  readonly names: readonly string[];
  /** The right class of each: its label, or what the network says about the picture as it is. */
  readonly classes: readonly number[];
  /** Whether the network is right before any attack. */
  readonly right: readonly boolean[];
  /** How many have a label. */
  readonly labelled: number;
  /** What seeds the random numbers of each. */
  readonly purposes: readonly string[];
}

export async function subjectOf(context: MethodContext, pictures: readonly PictureInput[]): Promise<Subject> {
  if (pictures.length === 0) {
    throw new LoupeError('badArgument', 'Expected pictures to measure the network on but received none.');
  }
  const { classes: known } = context.network();
  const strange = pictures.find(({ label }) => label !== undefined && label >= known);
  if (strange !== undefined) {
    throw expected('badArgument', {
      wanted: `a class from 0 to ${known - 1}`,
      for: `the label of ${strange.file.path}`,
      received: String(strange.label),
    });
  }
  const images = stacked(pictures.map(({ fitted }) => fitted.values));
  const logits = await classify(context, images);
  const predicted = pictures.map((_, row) => topOf(rowOf(logits, row)));
  const classes = pictures.map(({ label }, row) => label ?? predicted[row] ?? 0);
  return {
    images,
    names: pictures.map(({ file }) => path.basename(file.path)),
    classes,
    right: classes.map((index, row) => index === predicted[row]),
    labelled: pictures.filter(({ label }) => label !== undefined).length,
    purposes: pictures.map(({ file }) => file.sha256),
  };
}

/** n tensors [1, C, H, W] as one [n, C, H, W]. */
function stacked(images: readonly Tensor[]): Tensor {
  const [, ...shape] = images[0]?.dims ?? [];
  const data = new Float32Array(sizeOf(shape) * images.length);
  images.forEach((image, row) => {
    data.set(floatsOf(image), row * sizeOf(shape));
  });
  return tensor('float32', data, [images.length, ...shape]);
}
