import { type Tensor, tensor } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { int } from '../../graph/ir.ts';

/** What one picture maximises at a place A [C, h, w]: S = Σ_c w_c Σ_p u_p A[c, p], or the mean square of A. */
export interface Objective {
  /** As a person reads it: `channel 5`. */
  readonly name: string;
  /** w, a number a channel; undefined: the mean square of the whole layer. */
  readonly weights: Float32Array | undefined;
  /** A single place p, as shares of the map's height and width; undefined: u_p = 1/(h w). */
  readonly at: { readonly down: number; readonly right: number } | undefined;
}

/** The inputs through which one program serves every channel, unit, direction and class. */
export const readoutInputs = { channels: 'channelWeights', places: 'placeWeights' } as const;

/** Emits S of each example, [N], at `value` [N, C, h, w] or [N, C]. Programs that read several values of one shape share the inputs. */
export function emitReadout(b: GraphBuilder, value: string, linear: boolean): string {
  const shape = b.shapeOf(value);
  const [batch = 1, channels = 1] = shape;
  const flat = { keepdims: int(0) };
  if (!linear) {
    const axes = shape.map((_, axis) => axis).slice(1);
    return b.add('ReduceMean', [b.add('Mul', [value, value]), b.axes(axes)], flat);
  }
  const input = (name: string, dims: readonly number[]): string =>
    b.has(name) ? name : b.input(name, { type: 'float32', shape: dims });
  const [height = 1, width = 1] = shape.slice(2);
  const places = input(readoutInputs.places, [height, width]);
  const weights = input(readoutInputs.channels, [batch, channels]);
  const column = b.add('Reshape', [places, b.axes([height * width, 1])]);
  const columns = b.add('Reshape', [value, b.axes([batch, channels, height * width])]);
  const read = b.add('Reshape', [b.add('MatMul', [columns, column]), b.axes([batch, channels])]);
  return b.add('ReduceSum', [b.add('Mul', [read, weights]), b.axes([1])], flat);
}

/** The channel weights of a batch, [N, C]; all objectives of a batch are read alike. */
export function channelFeed(objectives: readonly Objective[], channels: number): Tensor {
  const values = new Float32Array(objectives.length * channels);
  objectives.forEach(({ weights }, index) => values.set(weights ?? [], index * channels));
  return tensor('float32', values, [objectives.length, channels]);
}

/** The place weights of an objective on a map of h × w places: [h, w]. */
export function placeFeed({ at }: Objective, [height = 1, width = 1]: readonly number[]): Tensor {
  const values = new Float32Array(height * width);
  const index = (share: number, length: number): number => Math.min(length - 1, Math.floor(share * length));
  if (at === undefined) values.fill(1 / values.length);
  else values[index(at.down, height) * width + index(at.right, width)] = 1;
  return tensor('float32', values, [height, width]);
}
