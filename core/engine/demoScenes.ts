import path from 'node:path';
import { z } from 'zod';
import { sceneClasses, sceneSchema } from '../data/scenes/params.ts';
import { sceneMaker } from '../data/scenes/scene.ts';
import { writeFileAtomically } from './atomic.ts';
import { pictureOf } from './pictures/image.ts';
import { encodePng } from './pictures/png.ts';

/** Scenes of the part that no network of the box was trained with; their indices name different classes. */
const seed = 1;
const indices = [0, 13, 26, 39];

/** Renders the demonstration's pictures into `folder`, named by their classes; returns their paths. */
export async function writeScenes(folder: string): Promise<string[]> {
  const params = z.object(sceneSchema.shape).parse({});
  const make = sceneMaker(params);
  const classes = sceneClasses(params);
  const paths: string[] = [];
  for (const index of indices) {
    const { image, label } = make(seed, index, 'test');
    const values = Float32Array.from(image, (level) => level / 255);
    const file = path.join(folder, `${(classes[label]?.name ?? String(label)).replaceAll(' ', '-')}.png`);
    await writeFileAtomically(file, await encodePng(pictureOf(values, [3, params.size, params.size])));
    paths.push(file);
  }
  return paths;
}
