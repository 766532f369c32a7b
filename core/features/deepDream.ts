import { z } from 'zod';
import { LoupeError, expected } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import type { PictureFile } from '../data/picture.ts';
import type { MethodContext } from '../method/context.ts';
import { count, numberIn } from '../method/params.ts';
import type { Layer } from '../model/layers.ts';
import { trunkOf } from '../model/trunk.ts';
import type { Progress, Result } from '../protocol/results.ts';
import type { LayerTarget, Target } from '../protocol/target.ts';
import { outputOf } from '../runtime/program.ts';
import { type FeatureRun, defineFeature } from './define.ts';
import { Dream } from './shared/dream.ts';
import { octaveExtent, openOctave } from './shared/dreamOctave.ts';
import { dreamNames, emitGuideFeatures } from './shared/dreamStep.ts';
import { mainLayers } from './shared/mainLayers.ts';
import { extentWithin, photograph } from './shared/photograph.ts';
import { pixels } from './shared/pixelParam.ts';

const params = z.object({
  layer: z.string().min(1).default('auto').meta({
    title: 'Layer',
    description:
      'whose mean square is maximised, unless a layer, channel, unit or direction is the target; auto is a main feature map at two thirds of the depth, as inception 4c is in GoogLeNet',
  }),
  size: pixels([16, 4096], 512, 'Size', 'the longer side is reduced to so many pixels; it is never enlarged'),
  octaves: count(4, 'Octaves', 'sizes at which the picture is worked on, from the smallest up', 20),
  octaveScale: numberIn([1.05, 4], 1.4, {
    title: 'Octave scale',
    description: 'ratio of one octave to the next',
  }),
  iterations: count(10, 'Iterations', 'steps an octave', 10_000),
  step: numberIn([0, 255], 1.5, {
    title: 'Step',
    description: 'how far the mean pixel moves in one step',
    unit: '1/255',
  }),
  jitter: pixels(
    [0, 512],
    32,
    'Jitter',
    'each step is done on the picture rolled by up to so many pixels either way',
  ),
  guideSize: pixels(
    [16, 1024],
    224,
    'Guide size',
    'the longer side of the guide is reduced to so many pixels',
  ),
});

export const deepDream = defineFeature({
  id: 'deepDream',
  title: 'DeepDream',
  description:
    'Strengthens whatever a layer sees in a photograph: gradient ascent on its activations at several sizes, with the details of each size carried over to the next. With a guide, the layer is drawn to the features of another picture.',
  citation:
    'Mordvintsev, Olah and Tyka 2015, "Inceptionism", and the notebook dream.ipynb of google/deepdream',
  command: 'dream',
  takes: 'image',
  references: [
    {
      role: 'guide',
      title: 'Guide',
      description: 'a picture whose features the dream takes up',
      required: false,
    },
  ],
  params,
  async *run(run, given): AsyncGenerator<Progress, readonly Result[]> {
    const { context, images, references } = run;
    const picture = images[0]?.file;
    if (picture === undefined) throw new LoupeError('badArgument', 'DeepDream needs a picture.');
    const { layer, objective } = objectiveOf(run, given.layer);
    if (objective.kind !== 'layer' && (references['guide'] ?? []).length > 0) {
      throw expected('badArgument', {
        wanted: 'a layer as the target',
        for: 'a dream with a guide, which takes the features of all channels everywhere',
        received: `a ${objective.kind}`,
      });
    }
    const guide = await guideFeatures(context, layer, references['guide'] ?? [], given.guideSize);
    const { channels } = context.model.card.input;
    const whole = photograph(picture, channels, extentWithin(picture, given.size));
    const dream = new Dream(context, layer, given, whole);
    let detail: Tensor | undefined;
    for (let index = 0; index < given.octaves; index++) {
      const extent = octaveExtent(whole, given, index);
      const octave = await openOctave(context, layer, guide ?? objective, extent);
      detail = yield* dream.through(octave, index, detail);
    }
    return dream.results();
  },
});

/** The layer and what is maximised there. */
function objectiveOf(
  { context, target, layer }: FeatureRun,
  reference: string,
): { layer: Layer; objective: LayerTarget } {
  if (target !== undefined) {
    const objective = layerTargetOf(target);
    return { layer: layer(objective.layer), objective };
  }
  const main = mainLayers(context.network());
  const middle = main[Math.round(0.64 * (main.length - 1))];
  const found = layer(reference === 'auto' ? (middle?.value ?? 'auto') : reference);
  return { layer: found, objective: { kind: 'layer', layer: found.value } };
}

function layerTargetOf(target: Target): LayerTarget {
  if ('layer' in target) return target;
  throw expected('badArgument', {
    wanted: 'a layer, channel, unit or direction',
    for: 'the target of a dream',
    received: 'a class',
    advice: 'Scores of classes are defined at one image size only; dream of the last feature map instead.',
  });
}

/** The features of the guide, [C, places], if there is one. */
async function guideFeatures(
  context: MethodContext,
  layer: Layer,
  pictures: readonly PictureFile[],
  longest: number,
): Promise<Tensor | undefined> {
  const [picture, ...others] = pictures;
  if (picture === undefined) return undefined;
  if (others.length > 0) {
    throw expected('badArgument', {
      wanted: 'one picture',
      for: 'the guide of a dream',
      received: String(pictures.length),
    });
  }
  const extent = extentWithin(picture, longest);
  const trunk = trunkOf(context.model, [layer.value], { batch: 1, ...extent });
  const key = `deepDream/guide/${layer.value}/${extent.height}x${extent.width}`;
  const program = await context.program(key, () => emitGuideFeatures(trunk, layer.value));
  const image = photograph(picture, context.model.card.input.channels, extent);
  return outputOf(await program.run({ [trunk.image]: image }), dreamNames.guide);
}
