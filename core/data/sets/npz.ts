import { z } from 'zod';
import { basename } from 'node:path';
import { LoupeError } from '../../base/errors.ts';
import { readBytes } from '../../base/files.ts';
import { decodeNpz } from '../../base/npy.ts';
import { defineDataSource } from './define.ts';
import { checkedDataSet } from './shared/checkedDataSet.ts';
import { imagesFrom, labelsFrom } from './shared/arrays.ts';

export const npz = defineDataSource({
  id: 'npz',
  title: 'NumPy arrays',
  description:
    'An .npz archive with images ([N,C,H,W], [N,H,W,C] or [N,H,W]; bytes, or floats in 0..1) and labels ([N], integers).',
  citation: 'numpy.savez(path, images=…, labels=…)',
  params: z.object({
    images: z.string().min(1).default('images').meta({ title: 'Images', description: 'name of the array' }),
    labels: z.string().min(1).default('labels').meta({ title: 'Labels', description: 'name of the array' }),
    classes: z
      .string()
      .default('')
      .meta({ title: 'Classes', description: 'names, separated by commas; numbers unless told' }),
  }),
  reads: 'file',
  splits: ['train'],
  files: [],
  async load({ path, params, progress }) {
    const arrays = decodeNpz(await readBytes(path, 'array file'), path);
    const arrayOf = (name: string) => {
      const found = arrays.get(name);
      if (found !== undefined) return found;
      throw new LoupeError(
        'notFound',
        `There is no array "${name}" in ${path}; it holds ${[...arrays.keys()].join(', ')}.`,
      );
    };
    const { shape, images } = imagesFrom(arrayOf(params.images), path);
    const labels = labelsFrom(arrayOf(params.labels), path);
    progress({ what: 'reading', done: labels.length, total: labels.length, unit: 'images' });
    return checkedDataSet({
      name: basename(path, '.npz'),
      classes: classNames(params.classes, labels),
      shape,
      images,
      labels,
    });
  },
});

function classNames(given: string, labels: Int32Array): string[] {
  if (given !== '') return given.split(',').map((name) => name.trim());
  const greatest = labels.reduce((most, label) => Math.max(most, label), 0);
  return Array.from({ length: greatest + 1 }, (_, label) => String(label));
}
