import { normals, seededRandom } from '../../core/base/random.ts';
import { sizeOf } from '../../core/base/shape.ts';
import { float32 } from '../../core/base/tensor.ts';
import { int, ints } from '../../core/graph/ir.ts';
import { type Network, buildNetwork } from '../../core/model/network.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import type { InputCard } from '../../core/protocol/card.ts';
import { indicesOf, placeOf } from '../reference/convolution.ts';
import type { Affine, Layer, Step } from '../reference/lrp.ts';

type Shape = readonly number[];

/** A small network twice: as a graph for the compiler, and as layers for the reference (one example, flat). */
export class LrpNet {
  readonly layers: Layer[] = [];
  readonly input = 'x';
  readonly #b = newBuilder();
  readonly #random = seededRandom(23);
  readonly #withBias: boolean;

  constructor(
    batch: number,
    [channels, height, width]: readonly [number, number, number],
    withBias: boolean,
  ) {
    this.#withBias = withBias;
    this.#b.input(this.input, { type: 'float32', shape: [batch, channels, height, width] });
  }

  network(logits: string, card: InputCard): Network {
    return buildNetwork(this.#b.build([logits]), card, this.#b.shapeOf(this.input)[0] ?? 1);
  }

  conv(
    x: string,
    outputs: number,
    form: { kernel?: number; pad?: number; stride?: number; group?: number } = {},
  ): string {
    const { kernel = 3, pad = 0, stride = 1, group = 1 } = form;
    const shape = [outputs, (this.#b.shapeOf(x)[1] ?? 1) / group, kernel, kernel];
    const [w, bias] = this.#parameters(shape, outputs);
    const attributes = {
      pads: ints([pad, pad, pad, pad]),
      strides: ints([stride, stride]),
      group: int(group),
    };
    const y = this.#b.add('Conv', [x, this.#constant(w, shape), ...this.#biasOf(bias)], attributes);
    const layer = convolutionMatrix(this.#one(x), this.#one(y), { w, shape, bias, pad, stride, group });
    return this.#step(y, [x], { kind: 'affine', dense: false, plusRule: true, layer });
  }

  /** A Gemm with B transposed and a negative alpha, or a MatMul. */
  dense(x: string, outputs: number, form: 'Gemm' | 'MatMul' = 'Gemm'): string {
    const inputs = this.#b.shapeOf(x)[1] ?? 1;
    const [w, bias] = this.#parameters([outputs, inputs], outputs);
    const rows = Array.from({ length: outputs }, (_, j) =>
      Array.from(w.subarray(j * inputs, (j + 1) * inputs)),
    );
    if (form === 'Gemm') {
      const factors = [x, this.#constant(w, [outputs, inputs]), ...this.#biasOf(bias)];
      const y = this.#b.add('Gemm', factors, { transB: int(1), alpha: { kind: 'float', value: -1 } });
      const weights = rows.map((row) => row.map((value) => -value));
      return this.#step(y, [x], { kind: 'affine', dense: true, plusRule: true, layer: { weights, bias } });
    }
    const columns = Array.from(
      { length: inputs * outputs },
      (_, at) => w[(at % outputs) * inputs + Math.floor(at / outputs)] ?? 0,
    );
    const y = this.#b.add('MatMul', [x, this.#constant(columns, [inputs, outputs])]);
    const layer = { weights: rows, bias: rows.map(() => 0) };
    return this.#step(y, [x], { kind: 'affine', dense: true, plusRule: true, layer });
  }

  batchNorm(x: string): string {
    const [, channels = 1, ...space] = this.#b.shapeOf(x);
    const [scale, bias] = this.#parameters([channels, 1], channels);
    const mean = this.#withBias ? normals(this.#random, channels, 0.2) : new Float32Array(channels);
    const variance = Float32Array.from({ length: channels }, () => 0.5 + this.#random.uniform());
    const vector = (values: ArrayLike<number>) => this.#constant(values, [channels]);
    const y = this.#b.add('BatchNormalization', [
      x,
      vector(scale),
      vector(bias),
      vector(mean),
      vector(variance),
    ]);
    const plane = sizeOf(space);
    const factor = (c: number): number => (scale[c] ?? 0) / Math.sqrt((variance[c] ?? 0) + Math.fround(1e-5));
    const count = channels * plane;
    const layer: Affine = {
      weights: square(count, (i) => factor(Math.floor(i / plane))),
      bias: Array.from({ length: count }, (_, i) => {
        const c = Math.floor(i / plane);
        return (bias[c] ?? 0) - factor(c) * (mean[c] ?? 0);
      }),
    };
    return this.#step(y, [x], { kind: 'affine', dense: false, plusRule: false, layer });
  }

  relu(x: string): string {
    return this.#step(this.#b.add('Relu', [x]), [x], { kind: 'relu' });
  }

  activation(opType: string, apply: (x: number) => number, x: string): string {
    return this.#step(this.#b.add(opType, [x]), [x], { kind: 'activation', apply });
  }

  /** Windows of 2x2 that do not overlap. */
  maxPool(x: string): string {
    const attributes = { kernel_shape: ints([2, 2]), strides: ints([2, 2]) };
    const y = this.#b.add('MaxPool', [x], attributes);
    return this.#step(y, [x], { kind: 'maxima', windows: quarters(this.#one(x), this.#one(y)) });
  }

  /** The mean of windows of 2x2, or of everything. */
  averagePool(x: string, form: 'AveragePool' | 'GlobalAveragePool' | 'ReduceMean'): string {
    const [from, local] = [this.#one(x), form === 'AveragePool'];
    const windows = { kernel_shape: ints([2, 2]), strides: ints([2, 2]) };
    const inputs = form === 'ReduceMean' ? [x, this.#b.axes([2, 3])] : [x];
    const y = this.#b.add(form, inputs, local ? windows : {});
    const plane = sizeOf(from.slice(1));
    const places = local
      ? quarters(from, this.#one(y))
      : Array.from({ length: from[0] ?? 1 }, (_, c) =>
          Array.from({ length: plane }, (_, p) => c * plane + p),
        );
    const weights = places.map((window) => {
      const row = new Array<number>(sizeOf(from)).fill(0);
      for (const place of window) row[place] = 1 / window.length;
      return row;
    });
    const layer = { weights, bias: weights.map(() => 0) };
    return this.#step(y, [x], { kind: 'affine', dense: false, plusRule: false, layer });
  }

  flatten(x: string): string {
    return this.#step(this.#b.add('Flatten', [x]), [x], { kind: 'movement' });
  }

  add(left: string, right: string): string {
    return this.#step(this.#b.add('Add', [left, right]), [left, right], { kind: 'sum' });
  }

  /** The gate may have one element a channel; `first` puts it before the signal. */
  product(signal: string, gate: string, first = false): string {
    const y = this.#b.add('Mul', first ? [gate, signal] : [signal, gate]);
    const [of, by] = [sizeOf(this.#one(signal)), sizeOf(this.#one(gate))];
    const gates = Array.from({ length: of }, (_, i) => Math.floor((i * by) / of));
    return this.#step(y, [signal, gate], { kind: 'product', gates });
  }

  #parameters(shape: Shape, outputs: number): [w: Float32Array, bias: number[]] {
    const fan = sizeOf(shape.slice(1));
    const w = normals(this.#random, sizeOf(shape), Math.sqrt(2 / fan));
    const bias = Array.from(normals(this.#random, outputs, 0.2));
    return [w, this.#withBias ? bias : bias.map(() => 0)];
  }

  #constant(values: ArrayLike<number>, shape: Shape): string {
    return this.#b.constant(float32(values, shape), 'w');
  }

  #biasOf(bias: readonly number[]): string[] {
    return this.#withBias ? [this.#constant(bias, [bias.length])] : [];
  }

  /** The shape of one example. */
  #one(value: string): Shape {
    return this.#b.shapeOf(value).slice(1);
  }

  #step(output: string, inputs: readonly string[], step: Step): string {
    this.layers.push({ step, inputs, output });
    return output;
  }
}

function square(size: number, diagonal: (i: number) => number): number[][] {
  return Array.from({ length: size }, (_, j) =>
    Array.from({ length: size }, (_, i) => (i === j ? diagonal(i) : 0)),
  );
}

/** The places in x of each 2x2 window of y, in row-major order. */
function quarters(x: Shape, y: Shape): number[][] {
  return indicesOf(y).map(([c = 0, row = 0, column = 0]) =>
    indicesOf([2, 2]).map(([down = 0, right = 0]) => placeOf(x, [c, 2 * row + down, 2 * column + right])),
  );
}

interface ConvolutionForm {
  readonly w: ArrayLike<number>;
  readonly shape: Shape;
  readonly bias: readonly number[];
  readonly pad: number;
  readonly stride: number;
  readonly group: number;
}

function convolutionMatrix(
  x: Shape,
  y: Shape,
  { w, shape, bias, pad, stride, group }: ConvolutionForm,
): Affine {
  const [outputs = 1, perGroup = 1, rows = 1, columns = 1] = shape;
  const places = indicesOf(y);
  const weights = places.map(([m = 0, row = 0, column = 0]) => {
    const line = new Array<number>(sizeOf(x)).fill(0);
    const first = Math.floor(m / (outputs / group)) * perGroup;
    for (const [c = 0, down = 0, right = 0] of indicesOf([perGroup, rows, columns])) {
      const place = placeOf(x, [first + c, row * stride + down - pad, column * stride + right - pad]);
      if (place >= 0) line[place] = w[placeOf(shape, [m, c, down, right])] ?? 0;
    }
    return line;
  });
  return { weights, bias: places.map(([m = 0]) => bias[m] ?? 0) };
}
