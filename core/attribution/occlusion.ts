import { z } from 'zod';
import { type Tensor, floatsOf, tensor } from '../base/tensor.ts';
import { evenBatch } from '../method/batches.ts';
import { breathe } from '../method/context.ts';
import { type Attribution, defineAttribution } from './define.ts';
import { baselineOf, baselineParam } from './shared/baseline.ts';
import { pixelMap, previewsOf } from './shared/maps.ts';
import { scoreFact } from './shared/score.ts';
import { type Window, windowSize, windowsOver } from './shared/windows.ts';

const text = {
  id: 'occlusion',
  title: 'Occlusion',
  description:
    'How far the score falls when a window is covered, averaged over the windows that cover a pixel.',
  citation: 'Zeiler and Fergus 2014, sec. 4.2',
  reading: 'Covering it lowers the score where red, raises it where blue.',
};

const pixels = (title: string, description: string) =>
  z.int().min(0).max(16_384).default(0).meta({ title, description, unit: 'px' });

/** Most windows between two signs of life. */
const greatestBatch = 32;

/** mean over the windows w that cover a pixel of S(x) − S(x with w covered). */
export const occlusion = defineAttribution({
  ...text,
  params: z.object({
    window: pixels('Window', 'side of the square that covers; 0 is a seventh of the image’s shorter side'),
    stride: pixels('Stride', 'from a window to the next; 0 is a quarter of the window'),
    baseline: baselineParam(['grey', 'black', 'mean', 'blur']),
  }),
  async *run({ context, image, score }, params) {
    const [, , height = 1, width = 1] = image.dims;
    const size = windowSize(params.window, params.stride, height, width);
    const windows = windowsOver(height, width, size);
    const all = [nothing, ...windows];
    const filling = baselineOf(params.baseline, image, context.network(), () => context.random(text.id));
    let whole = Number.NaN;
    const drops = new WindowMeans(height, width);
    const soFar = (): Attribution => ({ ...pixelMap(drops.values(), height, width), signed: true });
    const preview = previewsOf(text);
    const batch = evenBatch(all.length, greatestBatch);
    for (let done = 0; done < all.length; done += batch) {
      yield { done, total: all.length, what: `${text.title}: windows`, ...preview(soFar) };
      await breathe(context);
      const some = all.slice(done, done + batch);
      const scores = await score(covered(image, filling, some));
      if (done === 0) whole = scores[0] ?? Number.NaN;
      some.forEach((window, index) => drops.add(window, whole - (scores[index] ?? Number.NaN)));
    }
    return {
      ...soFar(),
      facts: [
        scoreFact(whole),
        { label: 'window', value: size.side, unit: 'px' },
        { label: 'stride', value: size.stride, unit: 'px' },
        { label: 'windows', value: windows.length },
      ],
    };
  },
});

/** Covers no pixel: its score is the image's own. */
const nothing: Window = { top: 0, bottom: 0, left: 0, right: 0 };

/** A copy of the image [1, C, H, W] for each window, with the window taken from `filling`. */
function covered(image: Tensor, filling: Tensor, windows: readonly Window[]): Tensor {
  const [, channels = 1, height = 1, width = 1] = image.dims;
  const [source, cover] = [floatsOf(image), floatsOf(filling)];
  const values = new Float32Array(windows.length * source.length);
  windows.forEach(({ top, bottom, left, right }, index) => {
    const start = index * source.length;
    values.set(source, start);
    for (let channel = 0; channel < channels; channel++) {
      for (let row = top; row < bottom; row++) {
        const at = (channel * height + row) * width;
        values.set(cover.subarray(at + left, at + right), start + at + left);
      }
    }
  });
  return tensor('float32', values, [windows.length, channels, height, width]);
}

/** The mean of the windows' numbers at each pixel. */
class WindowMeans {
  readonly #width: number;
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  constructor(height: number, width: number) {
    this.#width = width;
    this.#sums = new Float64Array(height * width);
    this.#counts = new Float64Array(height * width);
  }

  add({ top, bottom, left, right }: Window, value: number): void {
    for (let row = top; row < bottom; row++) {
      for (let at = row * this.#width + left; at < row * this.#width + right; at++) {
        this.#sums[at] = (this.#sums[at] ?? 0) + value;
        this.#counts[at] = (this.#counts[at] ?? 0) + 1;
      }
    }
  }

  /** 0 where no window was yet. */
  values(): Float32Array {
    return Float32Array.from(this.#sums, (sum, at) => sum / Math.max(1, this.#counts[at] ?? 0));
  }
}
