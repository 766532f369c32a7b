import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';
import { type MethodContext, breathe } from '../../method/context.ts';
import type { Layer } from '../../model/layers.ts';
import type { Fact, ImageResult, Progress, Result } from '../../protocol/results.ts';
import { type Octave, type Shift, dreamOn } from './dreamOctave.ts';
import type { Extent } from './photograph.ts';
import { resampleTensor } from './resampleTensor.ts';

export interface DreamOptions {
  readonly octaves: number;
  /** Steps an octave. */
  readonly iterations: number;
  /** How far the mean pixel moves in one step, in 255ths. */
  readonly step: number;
  /** Each step is done on the picture rolled by up to so many pixels either way. */
  readonly jitter: number;
}

/** What has been dreamed so far: an image, and what each octave made of it. */
export class Dream {
  readonly #context: MethodContext;
  readonly #layer: Layer;
  readonly #options: DreamOptions;
  readonly #whole: Tensor;
  readonly #random;
  readonly #objectives: number[] = [];
  readonly #facts: Fact[] = [];
  #image: Tensor;

  /** `whole` is the photograph at the size of the last octave, [1, C, H, W] in [0, 1]. */
  constructor(context: MethodContext, layer: Layer, options: DreamOptions, whole: Tensor) {
    this.#context = context;
    this.#layer = layer;
    this.#options = options;
    this.#whole = whole;
    this.#image = whole;
    this.#random = context.random('deepDream/jitter');
  }

  /** Works on the photograph at the size of octave `index` plus the details so far. Returns the details after it. */
  async *through(
    octave: Octave,
    index: number,
    detail: Tensor | undefined,
  ): AsyncGenerator<Progress, Tensor> {
    const { iterations, octaves, step } = this.#options;
    const { extent } = octave;
    const base = resampleTensor(this.#whole, extent);
    this.#image = detail === undefined ? base : plus(base, resampleTensor(detail, extent));
    const shifts = Array.from({ length: iterations }, () => this.#shift(extent));
    for (const [iteration, shift] of shifts.entries()) {
      await breathe(this.#context);
      this.#objectives.push(await this.#move(octave, shift, step / 255));
      yield {
        done: index * iterations + iteration + 1,
        total: octaves * iterations,
        what: `octave ${index + 1} of ${octaves}, ${extent.width}x${extent.height}`,
        ...(iteration % 5 === 4 ? { preview: this.#picture() } : {}),
      };
    }
    // Measured where it was measured before the first step: at the same shift.
    const after = await this.#move(octave, shifts[0] ?? { down: 0, right: 0 }, 0);
    const name = `octave ${index + 1} (${extent.width}x${extent.height})`;
    this.#facts.push(
      { label: `${name}: objective before`, value: this.#objectives.at(-iterations) ?? NaN },
      { label: `${name}: objective after`, value: after },
    );
    return plus(this.#image, base, -1);
  }

  results(): Result[] {
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
        notes: [
          `Each octave takes ${this.#options.iterations} steps; where one begins, the picture changes its size.`,
        ],
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

  #shift({ height, width }: Extent): Shift {
    const { jitter } = this.#options;
    const draw = (length: number): number => (this.#random.integer(2 * jitter + 1) - jitter) % length;
    return { down: draw(height), right: draw(width) };
  }

  /** Moves the image one step; returns the objective before it. */
  async #move(octave: Octave, shift: Shift, step: number): Promise<number> {
    const { image, objective } = await dreamOn(octave, this.#image, shift, step);
    this.#image = image;
    return objective;
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
