import { seededRandom } from '../../../core/base/random.ts';
import { type Tensor, tensor } from '../../../core/base/tensor.ts';
import type { PictureFile } from '../../../core/data/picture.ts';
import { fitPicture } from '../../../core/data/fit.ts';
import { MethodContext, type PictureInput, drain } from '../../../core/method/context.ts';
import { requestOf } from '../../../core/method/define.ts';
import { resolveLayer } from '../../../core/model/layers.ts';
import type { Model } from '../../../core/model/model.ts';
import type { FeatureDefinition } from '../../../core/features/define.ts';
import type { CurveResult, GridCell, ImageResult, Progress, Result } from '../../../core/protocol/results.ts';
import type { Target } from '../../../core/protocol/target.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import type { Grid } from '../../reference/convolution.ts';

/** A picture of soft random colours; the same seed gives the same picture. */
export function randomPicture(seed: number, width: number, height: number): PictureFile {
  const random = seededRandom(seed);
  const waves = Array.from({ length: 9 }, () => 6 * random.uniform());
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [channel, x, y] = [at % 3, Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    const [a = 0, b = 0, c = 0] = waves.slice(3 * channel, 3 * channel + 3);
    const wave = Math.sin((a * x) / 4 + c) * Math.cos((b * y) / 4 - c);
    return Math.round(128 + 90 * wave + 30 * (random.uniform() - 0.5));
  });
  return { width, height, rgb, path: `${seed}.png`, sha256: String(seed).padStart(64, '0'), notes: [] };
}

/** A picture as [1, 3, H, W] in [0, 1]. */
export function pixelsOf({ width, height, rgb }: PictureFile): Tensor {
  const plane = width * height;
  const values = Float32Array.from(
    { length: 3 * plane },
    (_, at) => (rgb[(at % plane) * 3 + Math.floor(at / plane)] ?? 0) / 255,
  );
  return tensor('float32', values, [1, 3, height, width]);
}

export const gridOf = ({ dims, data }: Tensor): Grid => ({ dims, data: Array.from(data, Number) });

export interface MethodQuestion {
  readonly model: Model;
  readonly pictures?: readonly PictureFile[];
  readonly references?: Readonly<Record<string, readonly PictureFile[]>>;
  readonly target?: Target;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
  readonly memoryBytes?: number;
}

export interface MethodOutcome {
  readonly results: readonly Result[];
  readonly progress: readonly Progress[];
  /** Display names of the layers that were asked for. */
  readonly layers: readonly string[];
}

/** Runs a method as the engine does; pictures are stretched to the network's size. */
export async function runMethod(
  definition: FeatureDefinition,
  question: MethodQuestion,
): Promise<MethodOutcome> {
  const { model, pictures = [], references = {}, target, params, ...options } = question;
  const runtime = new Runtime({ threads: 1 });
  const context = new MethodContext({ model, runtime, ...options });
  const layers: string[] = [];
  const images = pictures.map((file): PictureInput => {
    const fitted = fitPicture(file, { ...model.card.input, resize: { mode: 'stretch' } });
    return { file, fitted, label: undefined };
  });
  const layer = (reference: string) => {
    const found = resolveLayer(context.network(), reference);
    layers.push(found.name);
    return found;
  };
  const progress: Progress[] = [];
  try {
    const request = requestOf(definition, params);
    const run = definition.run({ context, target, images, references, layer }, request.params);
    const results = await drain(run, (step) => progress.push(step));
    return { results, progress, layers };
  } finally {
    await runtime.dispose();
  }
}

/** The cells of the grid among some results. */
export function cellsOf(results: readonly (Result | undefined)[]): readonly GridCell[] {
  const grid = results.find((result) => result?.type === 'imageGrid');
  if (grid?.type !== 'imageGrid') throw new Error('Expected a grid.');
  return grid.cells;
}

export interface FeatureQuestion extends Omit<MethodQuestion, 'pictures'> {
  readonly picture: PictureFile;
}

/** What a feature method makes of one picture. */
export interface FeatureOutcome extends Omit<MethodOutcome, 'results'> {
  readonly image: ImageResult;
  readonly curve: CurveResult;
  /** A number of the image's facts. */
  readonly fact: (label: string) => number;
}

/** Runs a method whose results are an image and a curve. */
export async function runFeature(
  definition: FeatureDefinition,
  { picture, ...question }: FeatureQuestion,
): Promise<FeatureOutcome> {
  const { results, ...rest } = await runMethod(definition, { ...question, pictures: [picture] });
  const image = results.find(({ type }) => type === 'image');
  const curve = results.find(({ type }) => type === 'curve');
  if (image?.type !== 'image' || curve?.type !== 'curve') throw new Error('an image or a curve is missing');
  const fact = (label: string): number => Number(image.facts?.find((each) => each.label === label)?.value);
  return { image, curve, fact, ...rest };
}
