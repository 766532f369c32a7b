import { throwIfCancelled } from '../base/cancel.ts';
import { sigmoids, softmax } from '../base/logits.ts';
import { floatsOf } from '../base/tensor.ts';
import { fitPicture } from '../data/fit.ts';
import { readImage } from '../data/image.ts';
import { type Model, labelOf, networkOf } from '../model/model.ts';
import { imageInput } from '../model/network.ts';
import { outputOf } from '../runtime/program.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface PredictRequest {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly images: readonly string[];
  /** How many classes to return, the likeliest first. */
  readonly top: number;
  readonly signal?: AbortSignal;
  /** Called before each step with the share that is done. */
  readonly onProgress?: (what: string, share: number) => void;
}

export interface PredictedClass {
  readonly index: number;
  readonly label: string;
  readonly logit: number;
  readonly probability: number;
}

export interface Prediction {
  readonly path: string;
  readonly sha256: string;
  readonly notes: readonly string[];
  readonly top: readonly PredictedClass[];
  /** Logits that are NaN or infinite; they take no part in the order. */
  readonly nonFinite: number;
}

/** Classifies pictures one after another; each result is handed out as soon as it is there. */
export async function* predictImages(request: PredictRequest): AsyncGenerator<Prediction> {
  const { model, runtime, images, signal, onProgress } = request;
  onProgress?.(`compiling ${model.name}`, 0);
  const network = networkOf(model);
  const program = await runtime.compile({ ...network.graph, outputs: [network.logits] });
  const probabilitiesOf = network.activation === 'Sigmoid' ? sigmoids : softmax;
  for (const [index, path] of images.entries()) {
    throwIfCancelled(signal);
    onProgress?.(path, (index + 1) / (images.length + 1));
    const file = await readImage(path);
    const { values } = fitPicture(file, model.card.input, path);
    const result = await program.run({ [imageInput]: values });
    const logits = floatsOf(outputOf(result, network.logits));
    yield {
      path,
      sha256: file.sha256,
      notes: file.notes,
      top: topClasses(model, logits, probabilitiesOf(logits), request.top),
      nonFinite: result.nonFinite.get(network.logits) ?? 0,
    };
  }
}

function topClasses(
  model: Model,
  logits: Float32Array,
  probabilities: Float64Array,
  top: number,
): PredictedClass[] {
  return [...logits.keys()]
    .filter((index) => Number.isFinite(logits[index]))
    .sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b)
    .slice(0, top)
    .map((index) => ({
      index,
      label: labelOf(model, index),
      logit: logits[index] ?? Number.NaN,
      probability: probabilities[index] ?? Number.NaN,
    }));
}
