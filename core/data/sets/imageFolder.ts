import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { defineDataSource } from './define.ts';
import { decodePictures } from './shared/decodePictures.ts';
import { listPictures } from './shared/listPictures.ts';
import { side, switched } from './shared/params.ts';
import { cachedDataSet } from './shared/pixelCache.ts';

/** Raised whenever the same files would give other pixels. */
const decoderVersion = 1;

export const imageFolder = defineDataSource({
  id: 'imageFolder',
  title: 'Folder of pictures',
  description:
    'Pictures in a folder a class: train/<class>/* and test/<class>/* (or train.tar.gz and test.tar.gz), or <class>/* alone. Decoded once and kept.',
  citation: "torchvision's ImageFolder has the same layout",
  params: z.object({
    width: side('Width', 'width of every picture; 0 is the size of the first picture'),
    height: side('Height', 'height of every picture; 0 is the size of the first picture'),
    fit: z.enum(['crop', 'stretch']).default('crop').meta({
      title: 'Fit',
      description: 'crop: cut about the centre to the right shape, then resize; stretch: only resize',
    }),
    grey: switched('Grey', 'one channel (luma) instead of red, green and blue'),
  }),
  reads: 'folder',
  splits: ['train', 'validation', 'test'],
  files: [],
  async load({ path, split, params, ...context }) {
    const listed = await listPictures(path, split);
    const name = `${basename(resolve(path))} ${split}`;
    const key = JSON.stringify([decoderVersion, name, params, listed.stamp]);
    return cachedDataSet(key, context, async () =>
      decodePictures(name, await listed.pictures(), params, context),
    );
  },
});
