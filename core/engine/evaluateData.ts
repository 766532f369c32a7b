import { attackImages } from '../attacks/attack.ts';
import { clopperPearson } from '../base/binomial.ts';
import { expected } from '../base/errors.ts';
import { floatsOf, tensor } from '../base/tensor.ts';
import { makeBatch } from '../data/batches.ts';
import { type DataSet, subset } from '../data/dataSet.ts';
import { MethodContext, breathe } from '../method/context.ts';
import type { Model } from '../model/model.ts';
import { outputOf } from '../runtime/program.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { MethodRequest } from '../protocol/method.ts';
import { confusionOf } from '../training/scores.ts';

export interface DataEvaluationRequest {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly data: DataSet;
  /** So many examples are attacked, spread over the set. */
  readonly attacked: number;
  readonly attacks: readonly MethodRequest[];
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (what: string, share: number) => void;
}

/** A share of examples with its 95 % interval (Clopper and Pearson 1934). */
export interface Share {
  readonly count: number;
  readonly of: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

export interface DataEvaluation {
  readonly accuracy: Share;
  /** Examples of class r that were taken for class c: [r][c]. */
  readonly confusion: readonly (readonly number[])[];
  /** Right and not fooled by the attack, neither before nor after rounding to 8 bits. */
  readonly robust: readonly { readonly attack: string; readonly accuracy: Share }[];
}

/** Examples of one run; more gain no time on a CPU. */
const batchSize = 100;

/**
 * How often a network is right about a data set, and how often it stays right under attacks.
 *
 * @throws LoupeError mismatch where pictures or classes are not those of the network.
 */
export async function evaluateData(request: DataEvaluationRequest): Promise<DataEvaluation> {
  const { model, runtime, data, seed, signal } = request;
  const context = new MethodContext({ model, runtime, seed, ...(signal === undefined ? {} : { signal }) });
  requireFit(context, data);
  const logits = await logitsOf(context, request);
  const { classes } = context.network();
  const confusion = confusionOf(logits, data.labels, classes);
  const right = confusion.reduce((sum, row, index) => sum + (row[index] ?? 0), 0);
  const robust: DataEvaluation['robust'][number][] = [];
  for (const attack of request.attacks) {
    robust.push({ attack: attack.id, accuracy: await robustShare(context, request, attack) });
  }
  return { accuracy: shareOf(right, data.labels.length), confusion, robust };
}

function requireFit(context: MethodContext, { shape, classes, name }: DataSet): void {
  const network = context.network();
  const wanted = network.graph.types.get(network.image)?.shape.slice(1) ?? [];
  if (wanted.join() === shape.join() && network.classes === classes.length) return;
  throw expected('mismatch', {
    wanted: `pictures of ${wanted.join('x')} and ${network.classes} classes`,
    for: context.model.name,
    received: `${shape.join('x')} and ${classes.length} from ${name}`,
  });
}

async function logitsOf(
  context: MethodContext,
  { data, onProgress }: DataEvaluationRequest,
): Promise<Float32Array> {
  const { classes } = context.network();
  const count = data.labels.length;
  const size = Math.min(batchSize, count);
  const network = context.network(size);
  const program = await context.program(`evaluate/${size}`, () => ({
    ...network.graph,
    outputs: [network.logits],
  }));
  const logits = new Float32Array(count * classes);
  for (let first = 0; first < count; first += size) {
    await breathe(context);
    onProgress?.(`examples ${first} of ${count}`, first / count);
    const real = Math.min(size, count - first);
    const indices = Array.from({ length: size }, (_, at) => first + (at < real ? at : 0));
    const images = imagesAt(data, indices);
    const result = await program.run({ [network.image]: images });
    logits.set(floatsOf(outputOf(result, network.logits)).subarray(0, real * classes), first * classes);
  }
  return logits;
}

function imagesAt(data: DataSet, indices: readonly number[]) {
  const { images } = makeBatch(data, indices, { seed: 0, epoch: 0 });
  return tensor('float32', images, [indices.length, ...data.shape]);
}

async function robustShare(
  context: MethodContext,
  { data, attacked, onProgress }: DataEvaluationRequest,
  attack: MethodRequest,
): Promise<Share> {
  const count = Math.min(attacked, data.labels.length);
  let standing = 0;
  for (let first = 0; first < count; first += batchSize) {
    const chosen = Array.from({ length: Math.min(batchSize, count - first) }, (_, at) => first + at);
    const indices = chosen.map((at) => Math.floor((at * data.labels.length) / count));
    const part = subset(data, indices);
    const run = attackImages(context, attack, {
      images: imagesAt(data, indices),
      classes: [...part.labels],
      targeted: false,
      purposes: indices.map((index) => `${data.sha256}/${index}`),
    });
    for (;;) {
      const step = await run.next();
      if (step.done === true) {
        standing += step.value.examples.filter(({ status }) => status === 'failed').length;
        break;
      }
      onProgress?.(`${attack.id}: examples from ${first}`, first / count);
      await breathe(context);
    }
  }
  return shareOf(standing, count);
}

function shareOf(count: number, of: number): Share {
  return { count, of, share: count / of, ...clopperPearson(count, of) };
}
