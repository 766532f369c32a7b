import { z } from 'zod';
import { LoupeError } from '../../base/errors.ts';
import { Moments } from '../../base/moments.ts';
import { gaussianNoise } from '../../base/random.ts';
import { type Shape, shapesEqual } from '../../base/shape.ts';
import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';
import { evenBatch } from '../../method/batches.ts';
import { breathe } from '../../method/context.ts';
import { count, numberIn, reduction } from '../../method/params.ts';
import type { Fact, Progress } from '../../protocol/results.ts';
import type { Attribution, AttributionDefinition, AttributionRun } from '../define.ts';
import { previewsOf, reducedMap } from './maps.ts';
import { scoreAmong } from './score.ts';

/** Most noisy images between two signs of life. */
const greatestBatch = 5;

/** The methods that are defined on noisy copies themselves; none of them takes another. */
const wrappers: readonly string[] = ['smoothGrad', 'varGrad'];

export const noisyParams = z.object({
  of: z.string().min(1).default('gradient').meta({
    title: 'Method',
    description: 'the attribution method that explains the noisy images, with its own defaults',
  }),
  samples: count(25, 'Samples', 'noisy copies of the image'),
  noise: numberIn([0, 1], 0.15, {
    title: 'Noise',
    description: 'standard deviation of the Gaussian noise, as a share of the range of the image’s pixels',
  }),
  channels: reduction('abs'),
});

type NoisyParams = z.output<typeof noisyParams>;

/** What a method makes of the moments: one array of each. */
export type Summary = (moments: Moments) => Float32Array;

/**
 * Explains `samples` copies x + ε, ε ~ N(0, σ²), σ = noise · (max x − min x), and summarises the explanations pixel by pixel. Copies are
 * not clipped to [0, 1], which would bias them where the image is black or white. Every wrapper draws the same noise.
 *
 * The map of an input-shaped attribution is made of its summary; that of a layer is the summary of the copies' maps.
 */
export async function* explainNoisyCopies(
  run: AttributionRun,
  params: NoisyParams,
  method: Pick<AttributionDefinition, 'id' | 'title' | 'reading'>,
  summary: Summary,
  signed: (inner: boolean) => boolean,
): AsyncGenerator<Progress, Attribution> {
  const { context, image } = run;
  const { of, samples, channels } = params;
  checkWrapped(method.title, of);
  const copies = noisyCopies(run, params.noise);
  const batch = evenBatch(samples, greatestBatch);
  const gathered = new Gathered(image);
  const soFar = (): Attribution => gathered.summarised(channels, summary, signed);
  const preview = previewsOf(method);
  for (let done = 0; done < samples; done += batch) {
    yield {
      done,
      total: samples,
      what: `${method.title}: noisy images`,
      ...(done === 0 ? {} : preview(soFar)),
    };
    await breathe(context);
    const images = copies.next(Math.min(batch, samples - done));
    for (const one of await run.attribute({ id: of, params: {} }, images)) gathered.add(one);
  }
  return {
    ...soFar(),
    facts: [{ label: 'standard deviation of the noise', value: copies.sigma }, ...gathered.facts()],
  };
}

function checkWrapped(title: string, of: string): void {
  if (!wrappers.includes(of)) return;
  throw new LoupeError(
    'badArgument',
    `Expected a method of one image for ${title} to explain noisy copies with but received ${of}, which makes noisy copies itself. Choose gradient, integratedGradients or another.`,
  );
}

/** Copies of the image, each with noise of its own; the same noise however they are taken. */
function noisyCopies({ context, image }: AttributionRun, noise: number) {
  const random = context.random('noisy copies');
  const pixels = floatsOf(image);
  const least = pixels.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const most = pixels.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
  const sigma = noise * (most - least);
  const next = (length: number): Tensor => {
    const values = new Float32Array(length * pixels.length);
    for (let index = 0; index < length; index++) {
      const start = index * pixels.length;
      values.set(gaussianNoise(random, pixels.length, sigma), start);
      for (let at = 0; at < pixels.length; at++)
        values[start + at] = (values[start + at] ?? 0) + (pixels[at] ?? 0);
    }
    return tensor('float32', values, [length, ...image.dims.slice(1)]);
  };
  return { sigma, next };
}

/** The explanations so far. */
class Gathered {
  readonly #scores: number[] = [];
  readonly #pixels: Shape;
  #first: Attribution | undefined;
  #attribution: Moments | undefined;
  /** Of the maps, where they do not follow from the attributions. */
  #map: Moments | undefined;

  constructor(image: Tensor) {
    this.#pixels = image.dims.slice(1);
  }

  add(one: Attribution): void {
    this.#first ??= one;
    const score = scoreAmong(one.facts);
    if (score !== undefined) this.#scores.push(score);
    this.#attribution ??= new Moments(one.attribution.data.length);
    this.#attribution.add(floatsOf(one.attribution));
    if (shapesEqual(one.attribution.dims, this.#pixels)) return;
    this.#map ??= new Moments(one.map.data.length);
    this.#map.add(floatsOf(one.map));
  }

  /** Where the noise hides the class from the network, the score of the copies tells. */
  facts(): Fact[] {
    if (this.#scores.length === 0) return [];
    const sum = this.#scores.reduce((left, right) => left + right, 0);
    return [{ label: 'mean score of the noisy copies', value: sum / this.#scores.length }];
  }

  summarised(
    channels: NoisyParams['channels'],
    summary: Summary,
    signed: (inner: boolean) => boolean,
  ): Attribution {
    const [first, moments] = [this.#first, this.#attribution];
    if (first === undefined || moments === undefined)
      throw new LoupeError('internal', 'Nothing was explained yet.');
    const attribution = tensor('float32', summary(moments), first.attribution.dims);
    const layers = first.layers === undefined ? {} : { layers: first.layers };
    if (this.#map === undefined) {
      const map = reducedMap(attribution, channels);
      return { attribution, map, signed: signed(channels === 'signed'), ...layers };
    }
    const map = tensor('float32', summary(this.#map), first.map.dims);
    return { attribution, map, signed: signed(first.signed), ...layers };
  }
}
