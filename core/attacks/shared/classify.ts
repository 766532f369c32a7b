import { LoupeError } from '../../base/errors.ts';
import { sigmoids, softmax } from '../../base/logits.ts';
import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';
import { type MethodContext, breathe } from '../../method/context.ts';
import { type Feeds, type Program, type RunResult, outputOf } from '../../runtime/program.ts';
import { allRows, batchSizeFor, cutRows } from './chunks.ts';
import { rowOf, takeRows } from './rows.ts';

/** Runs a program and refuses NaN and infinity in what comes out: an attack that goes on from there finds nothing. */
export async function runFinite(program: Program, feeds: Feeds): Promise<RunResult> {
  const result = await program.run(feeds);
  const [broken] = result.nonFinite;
  if (broken === undefined) return result;
  const [name, count] = broken;
  throw new LoupeError(
    'nonFinite',
    `The network gives ${count} NaN or infinite numbers in "${name}", so it cannot be attacked. Check its weights and its card.`,
  );
}

/** Logits [N, classes] of a whole batch [N, C, H, W]. */
export async function logitsOfBatch(context: MethodContext, images: Tensor): Promise<Tensor> {
  const [batch = 1] = images.dims;
  const network = context.network(batch);
  const program = await context.program(`attack/logits/${batch}`, () => ({
    ...network.graph,
    outputs: [network.logits],
  }));
  return outputOf(await runFinite(program, { [network.image]: images }), network.logits);
}

/** Logits [n, classes] of any number of images [n, C, H, W]. */
export async function classify(context: MethodContext, images: Tensor): Promise<Tensor> {
  const [count = 0] = images.dims;
  const { classes } = context.network();
  const data = new Float32Array(count * classes);
  if (count > 0) {
    const batch = batchSizeFor(context, count, (size) => context.network(size).graph);
    for (const { rows, padded } of cutRows(allRows(count), batch)) {
      const logits = await logitsOfBatch(context, takeRows(images, padded));
      rows.forEach((row, at) => {
        data.set(rowOf(logits, at), row * classes);
      });
      await breathe(context);
    }
  }
  return tensor('float32', data, [count, classes]);
}

/** softmax(z) of each example [n, classes], or σ(z) for independent classes. */
export function probabilitiesOf(logits: Tensor, activation: 'Softmax' | 'Sigmoid'): Tensor {
  const data = new Float32Array(floatsOf(logits).length);
  const result = tensor('float32', data, logits.dims);
  for (const row of allRows(logits.dims[0] ?? 0)) {
    const values = rowOf(logits, row);
    rowOf(result, row).set(activation === 'Sigmoid' ? sigmoids(values) : softmax(values));
  }
  return result;
}

/** Throws where an attack's result has NaN or infinite elements. */
export function requireFinite(images: Tensor, what: string): void {
  const data = floatsOf(images);
  for (const value of data) {
    if (Number.isFinite(value)) continue;
    throw new LoupeError('nonFinite', `Expected finite pixels for ${what} but received ${value}.`);
  }
}
