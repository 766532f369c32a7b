import { LoupeError } from '../../base/errors.ts';
import { float32, floatsOf, tensor, type Tensor } from '../../base/tensor.ts';
import { minimise } from '../../method/lbfgs.ts';
import { imageInput } from '../../model/network.ts';
import { type Feeds, type Program, type RunResult, outputOf } from '../../runtime/program.ts';
import { styleNames } from './styleGraphs.ts';

/** Losses of an image: the total with its weights, the parts and the style loss of each layer without. */
export interface StyleLosses {
  readonly total: number;
  readonly content: number;
  readonly style: number;
  readonly variation: number;
  readonly layers: readonly number[];
}

/** An image on the way, and its losses. */
export interface StyleIterate {
  readonly image: Tensor;
  readonly losses: StyleLosses;
}

export interface StyleSearch {
  readonly program: Program;
  /** Everything that the program wants beside image and state. */
  readonly feeds: Feeds;
  readonly start: Tensor;
  readonly iterations: number;
}

/** How many steps L-BFGS remembers; neural-style's 100 gain nothing that can be seen. */
const rememberedSteps = 20;

/**
 * Minimises by L-BFGS within [0, 1], from the start (iteration 0) on; the loss never rises.
 *
 * @returns how often the loss and its gradient were computed.
 */
export async function* searchByLbfgs(search: StyleSearch): AsyncGenerator<StyleIterate, number> {
  const { program, feeds, start, iterations } = search;
  const seen: StyleLosses[] = [];
  const evaluate = async (x: Float32Array) => {
    const result = await program.run({ ...feeds, [imageInput]: tensor('float32', x, start.dims) });
    const losses = lossesOf(result);
    seen.push(losses);
    return { value: losses.total, gradient: floatsOf(outputOf(result, styleNames.gradient)) };
  };
  const bounds = { lower: 0, upper: 1 };
  const steps = minimise(evaluate, floatsOf(start), { iterations, history: rememberedSteps, ...bounds });
  let next = await steps.next();
  const [first] = seen;
  if (first !== undefined) yield { image: start, losses: first };
  while (next.done !== true) {
    // Each step ends at the point that was evaluated last, so the last losses are those of its image.
    const losses = seen.at(-1);
    if (losses !== undefined) yield { image: tensor('float32', next.value.x.slice(), start.dims), losses };
    next = await steps.next();
  }
  return seen.length;
}

/**
 * Minimises by Adam, one run of the program a step, from the start (iteration 0) on.
 *
 * @returns how often the loss and its gradient were computed.
 */
export async function* searchByAdam(
  search: StyleSearch & { readonly learningRate: number },
): AsyncGenerator<StyleIterate, number> {
  const { program, feeds, start, iterations, learningRate } = search;
  const { mean, square, next } = styleNames;
  const zeros = tensor('float32', new Float32Array(floatsOf(start).length), start.dims);
  let state = { [imageInput]: start, [mean]: zeros, [square]: zeros };
  const scalar = (value: number): Tensor => float32([value], []);
  const rate = scalar(learningRate);
  // A step tells the losses of the image before it: one more run for those of the last.
  for (let step = 1; step <= iterations + 1; step++) {
    const result = await program.run({
      ...feeds,
      ...state,
      [styleNames.step]: scalar(step),
      [styleNames.learningRate]: rate,
    });
    if (result.nonFinite.size > 0) {
      throw new LoupeError(
        'nonFinite',
        `The loss or its gradient became NaN or infinite in step ${step}. Lower the learning rate or the weights.`,
      );
    }
    yield { image: state[imageInput], losses: lossesOf(result) };
    state = {
      [imageInput]: outputOf(result, styleNames.image),
      [mean]: outputOf(result, next(mean)),
      [square]: outputOf(result, next(square)),
    };
  }
  return iterations + 1;
}

function lossesOf(result: RunResult): StyleLosses {
  const numbers = (name: string): number[] => [...floatsOf(outputOf(result, name))];
  const [content = NaN, style = NaN, variation = NaN] = numbers(styleNames.parts);
  const [total = NaN] = numbers(styleNames.loss);
  return { total, content, style, variation, layers: numbers(styleNames.layers) };
}
