import { z } from 'zod';
import { LoupeError, expected } from '../base/errors.ts';
import { type Tensor, float32, floatsOf, tensor } from '../base/tensor.ts';
import type { Picture, PictureFile } from '../data/picture.ts';
import { type MethodContext, breathe } from '../method/context.ts';
import { count, flag, numberIn } from '../method/params.ts';
import type { Layer } from '../model/layers.ts';
import { trunkOf } from '../model/trunk.ts';
import type { CurveResult, Fact, ImageResult, Progress, Result } from '../protocol/results.ts';
import { type Feeds } from '../runtime/program.ts';
import { type FeatureRun, defineFeature } from './define.ts';
import { withLumaOf } from './shared/lumaSwap.ts';
import { type Extent, extentWithin, photograph } from './shared/photograph.ts';
import { pixels } from './shared/pixelParam.ts';
import {
  type ComparedValues,
  emitContent,
  emitGrams,
  emitStyleGradient,
  emitStyleStep,
  styleNames,
} from './shared/styleGraphs.ts';
import { autoStyleLayers } from './shared/styleLayers.ts';
import { type StyleIterate, type StyleLosses, searchByAdam, searchByLbfgs } from './shared/styleSearch.ts';

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
    const layers = layersOf(run, given);
    const extent = extentWithin(content, given.size);
    const { channels } = context.model.card.input;
    const image = photograph(content, channels, extent);
    const feeds = {
      ...(await contentFeatures(context, layers.content, image, extent)),
      ...(await blendedGrams(context, layers.style, styles, given)),
      [styleNames.contentWeight]: float32([given.contentWeight], []),
      [styleNames.styleWeight]: float32([given.styleWeight], []),
      [styleNames.variationWeight]: float32([given.tvWeight], []),
    };
    const start = startOf(context, image, styles, given.start, extent);
    const search = await openSearch(context, layers, { feeds, start, extent, given });
    const losses: StyleLosses[] = [];
    let latest: Tensor = start;
    for await (const iterate of search) {
      latest = iterate.image;
      losses.push(iterate.losses);
      yield progressOf(losses, given, () => resultImage(latest, image, given));
      await breathe(context);
    }
    return [
      {
        ...resultImage(latest, image, given),
        facts: factsOf(losses, layers, given),
        notes: notesOn(losses, given),
      },
      curveOf(losses),
    ];
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

interface ComparedLayers {
  readonly content: readonly Layer[];
  readonly style: readonly Layer[];
}

function layersOf({ context, layer }: FeatureRun, given: Params): ComparedLayers {
  const auto = autoStyleLayers(context.network());
  const named = (list: string, chosen: readonly string[]): Layer[] => {
    const references = list === 'auto' ? chosen : list.split(',').map((reference) => reference.trim());
    return references.map((reference) => featureMap(layer(reference)));
  };
  return {
    content: named(given.contentLayers, auto.content),
    style: named(given.styleLayers, auto.style),
  };
}

function featureMap(layer: Layer): Layer {
  if (layer.shape.length === 4) return layer;
  throw expected('badArgument', {
    wanted: 'feature maps with height and width',
    for: 'the layers of a style transfer',
    received: `"${layer.name}"`,
  });
}

const valuesOf = (layers: readonly Layer[]): string[] => layers.map(({ value }) => value);

const keyOf = (what: string, layers: readonly Layer[], { height, width }: Extent): string =>
  `styleTransfer/${what}/${valuesOf(layers).join('|')}/${height}x${width}`;

async function contentFeatures(
  context: MethodContext,
  layers: readonly Layer[],
  image: Tensor,
  extent: Extent,
): Promise<Feeds> {
  const values = valuesOf(layers);
  const program = await context.program(keyOf('content', layers, extent), () =>
    emitContent(trunkOf(context.model, values, { batch: 1, ...extent }), values),
  );
  return Object.fromEntries((await program.run({ image })).outputs);
}

/** The mean of the Gram matrices of the styles, each at its own shape. */
async function blendedGrams(
  context: MethodContext,
  layers: readonly Layer[],
  pictures: readonly Picture[],
  { size, styleScale }: Params,
): Promise<Feeds> {
  const values = valuesOf(layers);
  const sums = new Map<string, Float32Array>();
  const shapes = new Map<string, readonly number[]>();
  for (const picture of pictures) {
    const extent = extentWithin(picture, Math.max(1, Math.round(size * styleScale)));
    const program = await context.program(keyOf('grams', layers, extent), () =>
      emitGrams(trunkOf(context.model, values, { batch: 1, ...extent }), values),
    );
    await breathe(context);
    const image = photograph(picture, context.model.card.input.channels, extent);
    for (const [name, gram] of (await program.run({ image })).outputs) {
      const sum = sums.get(name) ?? new Float32Array(floatsOf(gram).length);
      floatsOf(gram).forEach((value, index) => {
        sum[index] = (sum[index] ?? 0) + value / pictures.length;
      });
      sums.set(name, sum);
      shapes.set(name, gram.dims);
    }
  }
  return Object.fromEntries(
    [...sums].map(([name, sum]) => [name, tensor('float32', sum, shapes.get(name) ?? [])]),
  );
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
): Promise<AsyncGenerator<StyleIterate>> {
  const { optimizer, iterations, learningRate } = given;
  const values: ComparedValues = { content: valuesOf(layers.content), style: valuesOf(layers.style) };
  const every = [...layers.content, ...layers.style];
  const key = keyOf(`${optimizer}/${layers.content.length}`, every, extent);
  const program = await context.program(key, () => {
    const trunk = trunkOf(context.model, [...new Set(valuesOf(every))], { batch: 1, ...extent });
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

function factsOf(losses: readonly StyleLosses[], layers: ComparedLayers, given: Params): Fact[] {
  const [first, last] = [losses[0], losses.at(-1)];
  if (first === undefined || last === undefined) return [];
  const pair = (label: string, before: number, after: number): Fact[] => [
    { label: `${label} at the start`, value: before },
    { label, value: after },
  ];
  return [
    { label: 'content layers', value: namesOf(layers.content) },
    { label: 'style layers', value: namesOf(layers.style) },
    { label: 'iterations', value: losses.length - 1 },
    ...pair('loss', first.total, last.total),
    ...pair('content loss', first.content, last.content),
    ...pair('style loss', first.style, last.style),
    ...pair('total variation', first.variation, last.variation),
    ...layers.style.flatMap(({ name }, index) =>
      pair(`style loss of ${name}`, first.layers[index] ?? NaN, last.layers[index] ?? NaN),
    ),
    { label: 'start', value: given.start },
  ];
}

const namesOf = (layers: readonly Layer[]): string => layers.map(({ name }) => name).join(', ');

function notesOn(losses: readonly StyleLosses[], { iterations, keepColours }: Params): string[] {
  const notes = [
    'Losses are squared errors over the squared size of what is wanted: 0 where both agree, 1 for an image without features.',
  ];
  const done = losses.length - 1;
  if (done < iterations)
    notes.push(`The search ended after ${done} iterations: no step made the loss lower.`);
  if (keepColours)
    notes.push('The losses are those of the image before it got the colours of the content back.');
  return notes;
}

function curveOf(losses: readonly StyleLosses[]): CurveResult {
  const series = (label: string, of: (each: StyleLosses) => number) => ({ label, y: losses.map(of) });
  return {
    type: 'curve',
    name: 'loss',
    title: 'Losses of style transfer',
    x: { label: 'iteration', values: losses.map((_, index) => index) },
    y: { label: 'loss' },
    series: [
      series('total, weighted', ({ total }) => total),
      series('content', ({ content }) => content),
      series('style', ({ style }) => style),
      series('total variation', ({ variation }) => variation),
    ],
  };
}
