import { LoupeError } from '../../base/errors.ts';
import { fitPicture } from '../../data/fit.ts';
import { readImage } from '../../data/image.ts';
import { Runtime, type RuntimeOptions } from '../../runtime/runtime.ts';
import { compareRecipes } from '../differences.ts';
import { pipelineOf } from '../pictures/png.ts';
import { predictImages } from '../predict.ts';
import { blobOf, pictureBlob } from '../views/blobs.ts';
import { graphView } from '../views/graphView.ts';
import { layersView, modelView } from '../views/modelView.ts';
import { finite } from '../views/resultView.ts';
import { commandLine } from './commandLine.ts';
import { describe } from './describe.ts';
import type { CallHooks, CallName, DrawnPicture, InputOf, OutputOf, ReadPicture } from './messages.ts';
import { OpenModels } from './openModels.ts';
import { repeat, run } from './runs.ts';

export type Calls = {
  readonly [Name in CallName]: (
    input: InputOf<Name>,
    hooks: CallHooks,
  ) => OutputOf<Name> | Promise<OutputOf<Name>>;
};

/** Longest side of a thumbnail in pixels. */
const thumbnailSide = 160;

/** What the engine process answers. Calls may overlap: a prediction is made between two steps of a run. */
export function createCalls(options: RuntimeOptions): Calls {
  const runtime = new Runtime(options);
  const models = new OpenModels();
  return {
    describe: () => describe(runtime),
    openModel: async ({ path }) => modelView(await models.open(path)),
    graph: async (model) => graphView(await models.recorded(model)),
    layers: async (model) => layersView(await models.recorded(model)),
    readImage: async ({ path, name }) => readPicture(path, name),
    async fitted({ model, image }) {
      const { card } = await models.recorded(model);
      return pictureBlob('fitted.png', fitPicture(await readImage(image), card.input, image));
    },
    async predict({ model, image, top }, { signal }) {
      const request = { model: await models.recorded(model), runtime, images: [image], top, signal };
      for await (const prediction of predictImages(request)) {
        const classes = prediction.top.map((found) => ({ ...found, probability: finite(found.probability) }));
        return { top: classes, nonFinite: prediction.nonFinite, notes: [...prediction.notes] };
      }
      throw new LoupeError('internal', 'A prediction ended without a result.');
    },
    run: async (request, hooks) => run(request, { models, runtime }, hooks),
    repeat: async (request, hooks) => repeat(request, hooks),
    diff: ({ left, right }) => compareRecipes(left, right),
    commandLine: ({ recipe, recipeFile }) => commandLine(recipe, recipeFile),
  };
}

async function readPicture(path: string, name: string): Promise<ReadPicture> {
  const file = await readImage(path);
  const { width, height, sha256, notes } = file;
  const scale = Math.min(1, thumbnailSide / Math.max(width, height));
  const size = [width, height].map((side) => Math.max(1, Math.round(scale * side)));
  const [thumbnailWidth = 1, thumbnailHeight = 1] = size;
  const small = await pipelineOf(file)
    .resize(thumbnailWidth, thumbnailHeight, { fit: 'fill' })
    .png()
    .toBuffer();
  const thumbnail: DrawnPicture = {
    blob: { ...blobOf('thumbnail.png', small), width: thumbnailWidth, height: thumbnailHeight },
    content: small,
  };
  // Photographs are large: quick to encode matters more than small.
  const png = await pipelineOf(file).png({ compressionLevel: 2 }).toBuffer();
  const picture = { blob: { ...blobOf(`${name}.png`, png), width, height }, content: png };
  return { sha256, width, height, notes, picture, thumbnail };
}
