import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { sha256 } from '../../base/files.ts';
import { sceneClasses, sceneSchema } from '../scenes/params.ts';
import { sceneMaker } from '../scenes/scene.ts';
import { defineDataSource } from './define.ts';
import { checkedDataSet } from './shared/checkedDataSet.ts';

/** Raised whenever the same parameters would give other pixels. */
const rendererVersion = 1;

/** Scenes between two reports of progress. */
const stretch = 50;

const length = (initial: number, title: string, description: string) =>
  z.int().min(1).max(1_000_000).default(initial).meta({ title, description });

export const shapes = defineDataSource({
  id: 'shapes',
  title: 'Shapes',
  description:
    'Rendered scenes: one textured shape on a cluttered ground among distractors, with the exact pixels of the object and of what tells the class. Made from a seed; nothing is read.',
  citation:
    'Conflict of shape and texture after Geirhos et al. 2019; spurious cue after Lapuschkin et al. 2019',
  params: z.object({
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1)
      .meta({ title: 'Seed', description: 'of all scenes' }),
    length: length(10_000, 'Scenes to train with', 'number of scenes of the part train'),
    testLength: length(2_000, 'Scenes to test with', 'number of scenes of the parts validation and test'),
    masks: z
      .boolean()
      .default(true)
      .meta({ title: 'Masks', description: 'keep the pixels of the object and of the evidence' }),
    ...sceneSchema.shape,
  }),
  reads: 'nothing',
  splits: ['train', 'validation', 'test'],
  files: [],
  async load({ split, params, progress }) {
    const { seed, masks, length: trainLength, testLength, ...scenery } = params;
    const classes = sceneClasses(scenery).map(({ name }) => name);
    const make = sceneMaker(scenery);
    const total = split === 'train' ? trainLength : testLength;
    const plane = scenery.size ** 2;
    const images = new Uint8Array(total * 3 * plane);
    const labels = new Int32Array(total);
    const objects = new Uint8Array(masks ? total * plane : 0);
    // Without a cue the evidence is the object, in the same memory.
    const evidence = scenery.cue > 0 ? new Uint8Array(objects.length) : objects;
    for (let index = 0; index < total; index++) {
      if (index % stretch === 0) {
        progress({ what: 'rendering', done: index, total, unit: 'images' });
        // Lets a cancel through.
        await nextTurn();
      }
      const { image, label, object, evidence: telling } = make(seed, index, split);
      images.set(image, index * image.length);
      labels[index] = label;
      if (!masks) continue;
      objects.set(object, index * plane);
      evidence.set(telling, index * plane);
    }
    progress({ what: 'rendering', done: total, total, unit: 'images' });
    return checkedDataSet({
      name: `Shapes ${split}`,
      classes,
      shape: [3, scenery.size, scenery.size],
      images,
      labels,
      sha256: sha256(Buffer.from(JSON.stringify([rendererVersion, split, seed, total, scenery]))),
      ...(masks ? { objects, evidence } : {}),
    });
  },
});
