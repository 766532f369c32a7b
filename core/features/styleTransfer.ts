import { z } from 'zod';
import { LoupeError, expected } from '../base/errors.ts';
import { type Tensor, float32, floatsOf, tensor } from '../base/tensor.ts';
import type { Picture, PictureFile } from '../data/picture.ts';
import { type MethodContext, breathe } from '../method/context.ts';
import { count, flag, numberIn } from '../method/params.ts';
import { trunkOf } from '../model/trunk.ts';
import type { ImageResult, Progress, Result } from '../protocol/results.ts';
import type { Feeds } from '../runtime/program.ts';
import { type FeatureRun, defineFeature } from './define.ts';
import { withLumaOf } from './shared/lumaSwap.ts';
import { type Extent, extentWithin, photograph } from './shared/photograph.ts';
import { pixels } from './shared/pixelParam.ts';
import { type ComparedValues, emitStyleGradient, emitStyleStep, styleNames } from './shared/styleGraphs.ts';
import { type ComparedLayers, comparedLayers, valuesOf } from './shared/styleLayers.ts';
import { reportOf } from './shared/styleReport.ts';
import { type StyleIterate, type StyleLosses, searchByAdam, searchByLbfgs } from './shared/styleSearch.ts';
import { blendedGrams, contentFeatures, styleKey } from './shared/styleTargets.ts';

const weight = (initial: number, title: string, description: string) =>
  numberIn([0, 1e9], initial, { title, description });

const layerList = (title: string, description: string) =>
  z
    .string()
    .min(1)
    .default('auto')
    .meta({ title, description: `${description}; separated by commas` });

const params = z.object({
  size: pixels([16, 2048], 256, 'Size', 'the longer side is reduced to so many pixels; it is never enlarged'),
  contentLayers: layerList(
    'Content layers',
    'whose features stay; auto is the second main feature map of the last resolution but one, relu4_2 in VGG',
  ),
  styleLayers: layerList(
    'Style layers',
    'whose Gram matrices become those of the style; auto is five, the first of each resolution where there are five of them (relu1_1 to relu5_1 in VGG)',
  ),
  contentWeight: weight(1, 'Content weight', 'of the relative squared error of the features'),
  styleWeight: weight(10, 'Style weight', 'of the relative squared error of the Gram matrices'),
  tvWeight: weight(5, 'Smoothness', 'weight of the squared differences of neighbouring pixels'),
  styleScale: numberIn([0.1, 4], 1, {
    title: 'Style scale',
    description: 'size of the style pictures over that of the content: greater makes coarser strokes',
  }),
  start: z.enum(['content', 'style', 'noise']).default('content').meta({
    title: 'Start',
    description: 'the image that the search starts from',
  }),
  optimizer: z.enum(['lbfgs', 'adam']).default('lbfgs').meta({
    title: 'Optimizer',
    description: 'L-BFGS never lets the loss rise; Adam takes less memory',
  }),
  iterations: count(300, 'Iterations', 'steps of the optimizer', 100_000),
  learningRate: numberIn([1e-5, 1], 0.02, {
    title: 'Learning rate',
    description: 'of Adam: how far a pixel moves in one step at most, about',
  }),
  keepColours: flag(false, 'Keep colours', 'takes the luma of the result and the chroma of the content'),
});

type Params = z.output<typeof params>;

export const styleTransfer = defineFeature({
  id: 'styleTransfer',
  title: 'Style transfer',
  description:
    'Looks for an image with the features of one picture and the textures, as Gram matrices of feature maps, of another.',
  citation:
    'Gatys, Ecker and Bethge 2016, eqs. 1-7, with Gram matrices scaled as in Johnson et al. 2016, eq. 3; colours: Gatys et al. 2016, "Preserving color in neural artistic style transfer"',
  command: 'style',
  takes: 'image',
  references: [
    {
      role: 'style',
      title: 'Style',
      description: 'pictures whose style is taken over, blended in equal parts',
      required: true,
    },
  ],
  params,
  async *run(run, given): AsyncGenerator<Progress, readonly Result[]> {
    const { context } = run;
    const [content, styles] = picturesOf(run, given);
    const layers = comparedLayers(run, given);
    const extent = extentWithin(content, given.size);
    const image = photograph(content, context.model.card.input.channels, extent);
    const feeds = {
      ...(await contentFeatures(context, layers.content, image)),
      ...(await blendedGrams(context, layers.style, styles, given.size * given.styleScale)),
      [styleNames.contentWeight]: float32([given.contentWeight], []),
      [styleNames.styleWeight]: float32([given.styleWeight], []),
      [styleNames.variationWeight]: float32([given.tvWeight], []),
    };
    const start = startOf(context, image, styles, given.start, extent);
    const search = await openSearch(context, layers, { feeds, start, extent, given });
    const losses: StyleLosses[] = [];
    let latest: Tensor = start;
    let step = await search.next();
    for (; step.done !== true; step = await search.next()) {
      latest = step.value.image;
      losses.push(step.value.losses);
      yield progressOf(losses, given, () => resultImage(latest, image, given));
      await breathe(context);
    }
    const { facts, notes, curve } = reportOf({ losses, layers, evaluations: step.value, ...given });
    return [{ ...resultImage(latest, image, given), facts, notes }, curve];
  },
});

function picturesOf(
  { context, images, references }: FeatureRun,
  given: Params,
): [Picture, readonly PictureFile[]] {
  const content = images[0]?.file;
  const styles = references['style'] ?? [];
  if (content === undefined || styles.length === 0) {
    throw new LoupeError(
      'badArgument',
      'Style transfer needs a content picture and at least one style picture.',
    );
  }
  if (given.keepColours && context.model.card.input.channels === 1) {
    throw expected('badArgument', {
      wanted: 'a network that sees colours',
      for: 'the keepColours of a style transfer',
      received: 'one that sees grey pictures',
    });
  }
  return [content, styles];
}

function startOf(
  context: MethodContext,
  image: Tensor,
  [style]: readonly Picture[],
  start: Params['start'],
  extent: Extent,
): Tensor {
  if (start === 'content' || style === undefined) return image;
  const { channels } = context.model.card.input;
  if (start === 'style') return photograph(style, channels, extent);
  const random = context.random('styleTransfer/noise');
  const noise = floatsOf(image).map(() => Math.min(1, Math.max(0, 0.5 + 0.1 * random.normal())));
  return tensor('float32', noise, image.dims);
}

interface SearchQuestion {
  readonly feeds: Feeds;
  readonly start: Tensor;
  readonly extent: Extent;
  readonly given: Params;
}

async function openSearch(
  context: MethodContext,
  layers: ComparedLayers,
  { feeds, start, extent, given }: SearchQuestion,
): Promise<AsyncGenerator<StyleIterate, number>> {
  const { optimizer, iterations, learningRate } = given;
  const values: ComparedValues = { content: valuesOf(layers.content), style: valuesOf(layers.style) };
  const every = [...values.content, ...values.style];
  const key = styleKey(`${optimizer}/${values.content.length}`, every, extent);
  const program = await context.program(key, () => {
    const trunk = trunkOf(context.model, [...new Set(every)], { batch: 1, ...extent });
    return optimizer === 'adam' ? emitStyleStep(trunk, values) : emitStyleGradient(trunk, values);
  });
  const search = { program, feeds, start, iterations };
  return optimizer === 'adam' ? searchByAdam({ ...search, learningRate }) : searchByLbfgs(search);
}

function resultImage(latest: Tensor, content: Tensor, { keepColours }: Params): ImageResult {
  const image = keepColours ? withLumaOf(latest, content) : latest;
  return {
    type: 'image',
    name: 'styled',
    title: 'Style transfer',
    image: tensor('float32', floatsOf(image), image.dims.slice(1)),
  };
}

function progressOf(losses: readonly StyleLosses[], { iterations }: Params, preview: () => Result): Progress {
  const done = losses.length - 1;
  return {
    done,
    total: iterations,
    what: `loss ${(losses.at(-1)?.total ?? NaN).toPrecision(4)}`,
    ...(done % 10 === 0 ? { preview: preview() } : {}),
  };
}
