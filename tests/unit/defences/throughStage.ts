import { backward } from '../../../core/autodiff/backward.ts';
import { sizeOf } from '../../../core/base/shape.ts';
import { type Tensor, floatsOf, tensor } from '../../../core/base/tensor.ts';
import { withDefences } from '../../../core/defences/stage.ts';
import { type Network, imageInput } from '../../../core/model/network.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import type { MethodRequest } from '../../../core/protocol/method.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';

/** A network whose logits are its pixels: behind a stage, they are the stage's. */
export function pixelsAsLogits(dims: readonly number[]): Network {
  const [batch = 1, ...rest] = dims;
  const b = newBuilder();
  const image = b.input(imageInput, { type: 'float32', shape: dims });
  const logits = b.add('Reshape', [image, b.axes([batch, sizeOf(rest)])], {}, { name: 'pixels' });
  return { graph: b.build([logits]), image, logits, classes: sizeOf(rest), activation: 'Softmax' };
}

export interface ThroughStage {
  /** The defended image, of the image's shape. */
  readonly image: Float32Array;
  /** Jᵀv of the stage for the cotangent v that was given; empty without one. */
  readonly gradient: Float32Array;
}

/** Puts an image [N, C, H, W] through stages, and a cotangent of the same shape back. */
export async function throughStages(
  requests: readonly MethodRequest[],
  image: Tensor,
  cotangent?: Float32Array,
): Promise<ThroughStage> {
  const network = withDefences(pixelsAsLogits(image.dims), requests);
  const b = newBuilder(network.graph);
  const { type, shape } = b.typeOf(network.logits);
  const wanted = [network.logits];
  if (cotangent !== undefined) {
    const ct = b.input('cotangent', { type, shape });
    const composite = network.rules ?? [];
    wanted.push(...backward(b, { of: network.logits, cotangent: ct, wrt: [network.image], composite }));
  }
  const outputs = wanted.map((value) => b.add('Identity', [value]));
  const feeds = cotangent === undefined ? {} : { cotangent: tensor('float32', cotangent, shape) };
  const runtime = new Runtime({ threads: 1 });
  try {
    const program = await runtime.compile(b.build(outputs));
    const run = await program.run({ [imageInput]: image, ...feeds });
    const [found, gradient] = outputs.map((name) => floatsOf(outputOf(run, name)));
    return { image: found ?? new Float32Array(), gradient: gradient ?? new Float32Array() };
  } finally {
    await runtime.dispose();
  }
}

/** One stage. */
export async function throughStage(
  id: string,
  params: Readonly<Record<string, unknown>>,
  image: Tensor,
  cotangent?: Float32Array,
): Promise<ThroughStage> {
  return throughStages([{ id, params }], image, cotangent);
}

/** The greatest difference of two arrays. */
export function farthest(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  return Array.from(found).reduce((most, value, at) => {
    const difference = Math.abs(value - (wanted[at] ?? Number.NaN));
    return difference <= most ? most : difference;
  }, 0);
}
