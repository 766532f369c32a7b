import { LoupeError } from '../base/errors.ts';
import { type Tensor, floatsOf, int64, tensor } from '../base/tensor.ts';
import {
  type ExplanationGraph,
  type MethodRequest,
  type PlannedMethod,
  emitExplanations,
} from '../attribution/emit.ts';
import { type FittedPicture, fitPicture } from '../data/fit.ts';
import { readImage } from '../data/image.ts';
import type { PictureFile } from '../data/picture.ts';
import { type Model, labelOf, networkOf } from '../model/model.ts';
import { type Network, imageInput } from '../model/network.ts';
import { targetInput } from '../model/objective.ts';
import { type Program, type RunResult, outputOf } from '../runtime/program.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { ChosenTarget } from './target.ts';

export interface ExplainRequest {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly methods: readonly MethodRequest[];
  readonly target: ChosenTarget;
  readonly images: readonly string[];
  readonly signal?: AbortSignal;
  /** Called as work proceeds; `done` of `total` steps, and what comes next. */
  readonly onProgress?: (done: number, total: number, next: string) => void;
}

/** The class that was explained. */
export interface ExplainedTarget {
  readonly index: number;
  readonly label: string;
  readonly logit: number;
  readonly probability: number;
}

export interface ExplainedMethod {
  readonly plan: PlannedMethod;
  /** Raw and signed: [C, H, W] of the input, or [1, h, w] of the layer. */
  readonly attribution: Tensor;
  /** What is drawn: [H, W]. */
  readonly map: Tensor;
}

export interface ExplainedImage {
  readonly file: PictureFile;
  readonly fitted: FittedPicture;
  readonly target: ExplainedTarget;
  readonly methods: readonly ExplainedMethod[];
  /** NaN and infinite elements by output. */
  readonly nonFinite: ReadonlyMap<string, number>;
}

/** Explains one image after another with one program: all methods share its forward pass. */
export async function* explainImages(request: ExplainRequest): AsyncGenerator<ExplainedImage> {
  const { model, runtime, images, signal } = request;
  const total = images.length + 1;
  const progress = request.onProgress ?? (() => undefined);
  progress(0, total, `compiling ${model.name}`);
  const network = networkOf(model);
  const plan = emitExplanations(network, request.methods, 'input');
  const program = await runtime.compile(plan.graph);
  for (const [index, path] of images.entries()) {
    if (signal?.aborted === true) throw new LoupeError('cancelled', 'Cancelled.');
    progress(index + 1, total, path);
    yield await explainOne(request, network, plan, program, path);
  }
}

async function explainOne(
  { model, target }: ExplainRequest,
  network: Network,
  plan: ExplanationGraph,
  program: Program,
  path: string,
): Promise<ExplainedImage> {
  const file = await readImage(path);
  const fitted = fitPicture(file, model.card.input, path);
  const chosen = int64([target === 'top' ? -1 : target]);
  const result = await program.run({ [imageInput]: fitted.values, [targetInput]: chosen });
  return {
    file,
    fitted,
    target: describeTarget(model, network, plan, result, target),
    methods: plan.methods.map((method) => ({
      plan: method,
      attribution: withoutBatch(outputOf(result, method.attribution), 1),
      map: withoutBatch(outputOf(result, method.heat), 2),
    })),
    nonFinite: result.nonFinite,
  };
}

function describeTarget(
  model: Model,
  network: Network,
  plan: ExplanationGraph,
  result: RunResult,
  target: ChosenTarget,
): ExplainedTarget {
  const logits = floatsOf(outputOf(result, plan.logits));
  const probabilities = floatsOf(outputOf(result, plan.probabilities));
  const index = target === 'top' ? indexOfMaximum(logits) : target;
  if (index >= network.classes) throw new LoupeError('badArgument', `The class ${index} does not exist.`);
  return {
    index,
    label: labelOf(model, index),
    logit: logits[index] ?? Number.NaN,
    probability: probabilities[index] ?? Number.NaN,
  };
}

/** The first of the greatest elements. */
function indexOfMaximum(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  }
  return best;
}

/** Drops the first `axes` axes, which have one element each. */
function withoutBatch(value: Tensor, axes: number): Tensor {
  return tensor(value.type, value.data, value.dims.slice(axes));
}
