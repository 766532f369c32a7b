import { z } from 'zod';
import { LoupeError, expected } from '../base/errors.ts';
import { type Tensor, float32, floatsOf, tensor } from '../base/tensor.ts';
import type { PictureFile } from '../data/picture.ts';
import { type MethodContext, breathe } from '../method/context.ts';
import { count, numberIn } from '../method/params.ts';
import type { Layer } from '../model/layers.ts';
import { type Trunk, trunkOf } from '../model/trunk.ts';
import type { Fact, ImageResult, Progress, Result } from '../protocol/results.ts';
import type { LayerTarget, Target } from '../protocol/target.ts';
import { type Program, outputOf } from '../runtime/program.ts';
import { type FeatureRun, defineFeature } from './define.ts';
import { type DreamObjective, dreamNames, emitDreamStep, emitGuideFeatures } from './shared/dreamStep.ts';
import { mainLayers } from './shared/mainLayers.ts';
import { pixels } from './shared/pixelParam.ts';
import { type Extent, extentWithin, photograph, scaledExtent } from './shared/photograph.ts';
import { resampleTensor } from './shared/resampleTensor.ts';
import { roll } from './shared/roll.ts';

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

type Params = z.output<typeof params>;

/** One size at which the dream is dreamed. */
interface Octave {
  readonly index: number;
  readonly extent: Extent;
  readonly program: Program;
  readonly extras: Readonly<Record<string, Tensor>>;
}

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
    const guide = await guideFeatures(context, layer, references['guide'] ?? [], given.guideSize);
    const { channels } = context.model.card.input;
    const whole = photograph(picture, channels, extentWithin(picture, given.size));
    const dream = new Dream(context, layer, given, whole);
    let detail: Tensor | undefined;
    for (let index = 0; index < given.octaves; index++) {
      const octave = await openOctave(
        context,
        layer,
        guide ?? objective,
        extentOf(whole, given, index),
        index,
      );
      detail = yield* dream.octave(octave, detail);
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

/** Octave 0 is the smallest; the last is the picture itself. */
function extentOf(whole: Tensor, { octaves, octaveScale }: Params, index: number): Extent {
  const [height = 1, width = 1] = whole.dims.slice(2);
  return scaledExtent({ height, width }, octaveScale ** (index + 1 - octaves));
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

async function openOctave(
  context: MethodContext,
  layer: Layer,
  wanted: LayerTarget | Tensor,
  extent: Extent,
  index: number,
): Promise<Octave> {
  const trunk = trunkOf(context.model, [layer.value], { batch: 1, ...extent });
  const guide = 'dims' in wanted ? wanted : undefined;
  const objective = 'dims' in wanted ? placesOf(wanted) : placedAt(wanted, layer, trunk);
  const key = `deepDream/${layer.value}/${JSON.stringify(objective)}/${extent.height}x${extent.width}`;
  const program = await context.program(key, () => emitDreamStep(trunk, layer.value, objective));
  return { index, extent, program, extras: guide === undefined ? {} : { [dreamNames.guide]: guide } };
}

const placesOf = (guide: Tensor): DreamObjective => ({ kind: 'guide', places: guide.dims[1] ?? 1 });

/** A unit is one place of the network's own map; on a map of another size it is the place that covers its centre. */
function placedAt(target: LayerTarget, layer: Layer, trunk: Trunk): LayerTarget {
  if (target.kind !== 'unit') return target;
  const here = trunk.graph.types.get(layer.value)?.shape ?? [];
  const along = (index: number, axis: number): number =>
    Math.floor(((index + 0.5) * (here[axis] ?? 1)) / (layer.shape[axis] ?? 1));
  return { ...target, row: along(target.row, 2), column: along(target.column, 3) };
}

/** What has been dreamed so far. */
class Dream {
  readonly #context: MethodContext;
  readonly #layer: Layer;
  readonly #params: Params;
  readonly #whole: Tensor;
  readonly #random;
  readonly #objectives: number[] = [];
  readonly #facts: Fact[] = [];
  #image: Tensor;

  constructor(context: MethodContext, layer: Layer, given: Params, whole: Tensor) {
    this.#context = context;
    this.#layer = layer;
    this.#params = given;
    this.#whole = whole;
    this.#image = whole;
    this.#random = context.random('deepDream/jitter');
  }

  /** Works on one octave: the photograph at its size plus the details so far. Returns the details after it. */
  async *octave(octave: Octave, detail: Tensor | undefined): AsyncGenerator<Progress, Tensor> {
    const { iterations, octaves } = this.#params;
    const { extent, index } = octave;
    const base = resampleTensor(this.#whole, extent);
    this.#image = detail === undefined ? base : plus(base, resampleTensor(detail, extent));
    const shifts = Array.from({ length: iterations }, () => this.#shift(extent));
    for (const [iteration, shift] of shifts.entries()) {
      await breathe(this.#context);
      this.#objectives.push(await this.#step(octave, shift, this.#params.step / 255));
      yield {
        done: index * iterations + iteration + 1,
        total: octaves * iterations,
        what: `octave ${index + 1} of ${octaves}, ${extent.width}x${extent.height}`,
        ...(iteration % 5 === 4 ? { preview: this.#picture() } : {}),
      };
    }
    // Measured where it was measured before the first step: at the same shift.
    const first = shifts[0] ?? { down: 0, right: 0 };
    const after = await this.#step(octave, first, 0);
    this.#remember(octave, this.#objectives.at(-iterations) ?? NaN, after);
    return plus(this.#image, base, -1);
  }

  results(): Result[] {
    const { iterations } = this.#params;
    const silent = this.#objectives.every((value) => value === 0);
    return [
      {
        ...this.#picture(),
        facts: [{ label: 'layer', value: this.#layer.name }, ...this.#facts],
        notes: silent
          ? ['What is maximised is silent in this picture, so it has no gradient and nothing changed.']
          : [],
      },
      {
        type: 'curve',
        name: 'objective',
        title: 'What is maximised, before each step',
        x: { label: 'step', values: this.#objectives.map((_, index) => index + 1) },
        y: { label: 'objective' },
        series: [{ label: 'objective', y: this.#objectives }],
        notes: [`Each octave takes ${iterations} steps; where one begins, the picture changes its size.`],
      },
    ];
  }

  #picture(): ImageResult {
    return {
      type: 'image',
      name: 'dream',
      title: `Dream of ${this.#layer.name}`,
      image: tensor('float32', floatsOf(this.#image), this.#image.dims.slice(1)),
    };
  }

  #shift({ height, width }: Extent): { down: number; right: number } {
    const { jitter } = this.#params;
    const draw = (length: number): number => (this.#random.integer(2 * jitter + 1) - jitter) % length;
    return { down: draw(height), right: draw(width) };
  }

  /** One step on the rolled picture; returns the objective before it. */
  async #step(octave: Octave, shift: { down: number; right: number }, step: number): Promise<number> {
    const { program, extras } = octave;
    const image = roll(this.#image, shift.down, shift.right);
    const result = await program.run({ ...extras, image, [dreamNames.step]: float32([step], []) });
    if (result.nonFinite.size > 0) {
      throw new LoupeError(
        'nonFinite',
        `The gradient of ${this.#layer.name} is not finite at ${octave.extent.width}x${octave.extent.height} pixels. Choose an earlier layer.`,
      );
    }
    this.#image = roll(outputOf(result, dreamNames.next), -shift.down, -shift.right);
    return floatsOf(outputOf(result, dreamNames.objective))[0] ?? NaN;
  }

  #remember({ index, extent }: Octave, before: number, after: number): void {
    const name = `octave ${index + 1} (${extent.width}x${extent.height})`;
    this.#facts.push(
      { label: `${name}: objective before`, value: before },
      { label: `${name}: objective after`, value: after },
    );
  }
}

/** a + scale · b. */
function plus(a: Tensor, b: Tensor, scale = 1): Tensor {
  const [left, right] = [floatsOf(a), floatsOf(b)];
  return tensor(
    'float32',
    left.map((value, index) => value + scale * (right[index] ?? 0)),
    a.dims,
  );
}
