import { createHash } from 'node:crypto';
import { LoupeError, expected } from '../../../base/errors.ts';
import { formatShape } from '../../../base/shape.ts';
import { type DataSet, imageSize } from '../../dataSet.ts';

/**
 * Makes a data set of its parts and checks that they agree.
 *
 * @throws LoupeError badFile where the counts differ, a label has no class, or nothing is there.
 */
export function checkedDataSet(parts: Omit<DataSet, 'sha256'> & { readonly sha256?: string }): DataSet {
  const { name, classes, shape, images, labels } = parts;
  if (labels.length === 0) {
    throw new LoupeError('badFile', `The data set ${name} holds no examples.`);
  }
  if (images.length !== labels.length * imageSize(parts)) {
    const pictures = images.length / imageSize(parts);
    throw expected('badFile', {
      wanted: `as many images of ${formatShape(shape)} as labels (${labels.length})`,
      for: `the data set ${name}`,
      received: `${Number.isInteger(pictures) ? pictures : pictures.toFixed(2)} images`,
    });
  }
  checkLabels(name, classes, labels);
  return { ...parts, sha256: parts.sha256 ?? contentHash(parts) };
}

function checkLabels(name: string, classes: readonly string[], labels: Int32Array): void {
  const wrong = labels.findIndex((label) => label < 0 || label >= classes.length);
  if (wrong < 0) return;
  throw expected('badFile', {
    wanted: `labels from 0 to ${classes.length - 1}`,
    for: `the ${classes.length} classes of ${name}`,
    received: `${labels[wrong] ?? 0} at example ${wrong}`,
  });
}

/** The same for the same examples, however the files were compressed and wherever they lay. */
function contentHash({
  classes,
  shape,
  images,
  labels,
}: Pick<DataSet, 'classes' | 'shape' | 'images' | 'labels'>): string {
  return createHash('sha256')
    .update(JSON.stringify({ classes, shape }))
    .update(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength))
    .update(images)
    .digest('hex');
}
