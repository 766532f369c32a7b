import { attackOf } from '../../core/attacks/registry.ts';
import { attribute } from '../../core/attribution/attribute.ts';
import { attributionOf } from '../../core/attribution/emit.ts';
import { seededRandom } from '../../core/base/random.ts';
import { type Tensor, tensor } from '../../core/base/tensor.ts';
import { featureOf } from '../../core/features/registry.ts';
import { type MethodContext, type PictureInput, drain } from '../../core/method/context.ts';
import { requestOf } from '../../core/method/define.ts';
import { resolveLayer } from '../../core/model/layers.ts';
import type { Target } from '../../core/protocol/target.ts';
import { pictureOf } from '../../core/engine/pictures/image.ts';
import type { MethodBench } from './methodNames.ts';

/** Runs once and returns how many steps that were. */
export type Timed = () => Promise<number>;

type Prepare = (context: MethodContext, batch: number) => Timed;

const target: Target = { kind: 'class', class: 0, of: 'logit' };

function noise(batch: number, side: number): Tensor {
  const random = seededRandom(1);
  const values = Float32Array.from({ length: 3 * batch * side * side }, () => random.uniform());
  return tensor('float32', values, [batch, 3, side, side]);
}

/** An attribution of one image at the network's size. */
const attribution =
  (id: string, params: Readonly<Record<string, unknown>> = {}): Prepare =>
  (context) => {
    const request = requestOf(attributionOf(id), params);
    const image = noise(1, context.model.card.input.width);
    return async () => {
      await drain(attribute(context, request, image, target));
      return 1;
    };
  };

/** Ten steps of PGD alone, as the peer makes them: no predictions before and after, no files. */
const pgd: Prepare = (context, batch) => {
  const { params } = requestOf(attackOf('pgd'), { epsilon: 8 / 255, stepSize: 2 / 255, steps: 10 });
  const images = noise(batch, 32);
  const classes = Array.from({ length: batch }, () => 0);
  const purposes = classes.map((_, index) => `bench/${index}`);
  return async () => {
    await drain(attackOf('pgd').run({ context, images, classes, targeted: false, purposes }, params));
    return 1;
  };
};

const steps = 10;

const channel: Prepare = (context) => {
  const layer = 'features.22';
  const request = requestOf(featureOf('featureVisualization'), { layer, channels: '0', size: 128, steps });
  return async () => {
    const run = { context, target: undefined, images: [], references: {}, layer: layerOf(context) };
    await drain(featureOf('featureVisualization').run(run, request.params));
    return steps;
  };
};

const gatys: Prepare = (context) => {
  const request = requestOf(featureOf('styleTransfer'), { size: 256, iterations: steps });
  const [content, style] = [1, 2].map((seed) => picture(seed, 256));
  if (content === undefined || style === undefined) throw new Error('no pictures');
  return async () => {
    const run = {
      context,
      target: undefined,
      images: [content],
      references: { style: [style.file] },
      layer: layerOf(context),
    };
    const results = await drain(featureOf('styleTransfer').run(run, request.params));
    const evaluations = results
      .flatMap(({ facts }) => facts ?? [])
      .find(({ label }) => label === 'evaluations');
    return Number(evaluations?.value ?? Number.NaN);
  };
};

const layerOf = (context: MethodContext) => (reference: string) =>
  resolveLayer(context.network(1), reference);

function picture(seed: number, side: number): PictureInput {
  const random = seededRandom(seed);
  const values = Float32Array.from({ length: 3 * side * side }, () => random.uniform());
  const drawn = pictureOf(values, [3, side, side]);
  const file = { ...drawn, path: `noise-${seed}.png`, sha256: String(seed).padStart(64, '0'), notes: [] };
  return {
    file,
    fitted: { ...drawn, values: tensor('float32', values, [1, 3, side, side]) },
    label: undefined,
  };
}

export const methodRuns: Readonly<Record<Exclude<MethodBench['what'], 'training'>, Prepare>> = {
  ig50: attribution('integratedGradients', { steps: 50 }),
  smoothGrad25: attribution('smoothGrad', { samples: 25 }),
  guided: attribution('guidedBackprop'),
  gradcam: attribution('gradCam'),
  pgd10: pgd,
  channel,
  gatys,
};
