import { backward } from '../../autodiff/backward.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { type Graph, int } from '../../graph/ir.ts';
import type { Trunk } from '../../model/trunk.ts';
import { newBuilder } from '../../ops/registry.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { emitAdamStep } from './adam.ts';
import { gramMatrix, relativeError, squaredVariation } from './styleLosses.ts';

/** The values of the network that are compared. */
export interface ComparedValues {
  readonly content: readonly string[];
  readonly style: readonly string[];
}

/** Names of inputs and outputs of the graphs below, beside the trunk's image. */
export const styleNames = {
  content: (index: number): string => `style.content.${index}`,
  gram: (index: number): string => `style.gram.${index}`,
  /** Scalars. */
  contentWeight: 'style.contentWeight',
  styleWeight: 'style.styleWeight',
  variationWeight: 'style.variationWeight',
  /** Scalars of Adam: t = 1, 2, … and α. */
  step: 'style.step',
  learningRate: 'style.learningRate',
  /** Moments of Adam, of the image's shape; as inputs and, with `.next`, as outputs. */
  mean: 'style.mean',
  square: 'style.square',
  next: (name: string): string => `${name}.next`,
  loss: 'style.loss',
  /** [3]: content, style and total variation, without their weights. */
  parts: 'style.parts',
  /** The style loss of each layer. */
  layers: 'style.layers',
  gradient: 'style.gradient',
  image: 'style.image',
} as const;

/** Features of a picture, by `styleNames.content`. */
export function emitContent(trunk: Trunk, values: readonly string[]): Graph {
  const b = newBuilder(trunk.graph);
  const outputs = values.map((value, index) =>
    b.add('Identity', [value], {}, { name: styleNames.content(index) }),
  );
  return b.build(outputs, trunk.graph);
}

/** Gram matrices of a picture, by `styleNames.gram`. */
export function emitGrams(trunk: Trunk, values: readonly string[]): Graph {
  const b = newBuilder(trunk.graph);
  const outputs = values.map((value, index) =>
    b.add('Identity', [gramMatrix(b, value)], {}, { name: styleNames.gram(index) }),
  );
  return b.build(outputs, trunk.graph);
}

/** The loss of an image and its gradient. */
export function emitStyleGradient(trunk: Trunk, values: ComparedValues): Graph {
  const b = newBuilder(trunk.graph);
  const { outputs, gradient } = emitLoss(b, trunk, values);
  return b.build([...outputs, named(b, gradient, styleNames.gradient)], trunk.graph);
}

/** One step of Adam downhill, kept in [0, 1]; the loss is that before the step. */
export function emitStyleStep(trunk: Trunk, values: ComparedValues): Graph {
  const b = newBuilder(trunk.graph);
  const { outputs, gradient } = emitLoss(b, trunk, values);
  const { mean, square, next } = styleNames;
  const shape = b.shapeOf(trunk.image);
  for (const moment of [mean, square]) b.input(moment, { type: 'float32', shape });
  for (const name of [styleNames.step, styleNames.learningRate])
    b.input(name, { type: 'float32', shape: [] });
  const after = emitAdamStep(b, {
    theta: trunk.image,
    gradient: b.add('Neg', [gradient]),
    mean,
    square,
    step: styleNames.step,
    learningRate: styleNames.learningRate,
  });
  const image = b.add('Clip', [after.theta, b.scalar(0), b.scalar(1)]);
  const state = [named(b, after.mean, next(mean)), named(b, after.square, next(square))];
  return b.build([...outputs, named(b, image, styleNames.image), ...state], trunk.graph);
}

/**
 * L = α · content + β · style + γ · variation (Gatys et al. 2016, eq. 7, and the total variation of Mahendran and Vedaldi 2015):
 * content and style are the means over their layers of `relativeError`.
 */
function emitLoss(b: GraphBuilder, { image }: Trunk, { content, style }: ComparedValues) {
  const { add, mul } = arithmetic(b);
  const { contentWeight, styleWeight, variationWeight } = styleNames;
  for (const weight of [contentWeight, styleWeight, variationWeight]) {
    b.input(weight, { type: 'float32', shape: [] });
  }
  const wantedLike = (value: string, name: string): string =>
    b.input(name, { type: 'float32', shape: b.shapeOf(value) });
  const contentErrors = content.map((value, index) =>
    relativeError(b, value, wantedLike(value, styleNames.content(index))),
  );
  const styleErrors = style.map((value, index) => {
    const gram = gramMatrix(b, value);
    return relativeError(b, gram, wantedLike(gram, styleNames.gram(index)));
  });
  const mean = (losses: readonly string[]): string => mul(losses.reduce(add), 1 / losses.length);
  const parts = [mean(contentErrors), mean(styleErrors), squaredVariation(b, image)];
  const loss = parts
    .map((part, index) => mul(part, [contentWeight, styleWeight, variationWeight][index] ?? 0))
    .reduce(add);
  const [gradient = ''] = backward(b, { of: loss, wrt: [image] });
  const outputs = [
    named(b, loss, styleNames.loss),
    stacked(b, parts, styleNames.parts),
    stacked(b, styleErrors, styleNames.layers),
  ];
  return { outputs, gradient };
}

/** Scalars as one vector. */
function stacked(b: GraphBuilder, scalars: readonly string[], name: string): string {
  const columns = scalars.map((scalar) => b.add('Reshape', [scalar, b.axes([1])]));
  return b.add('Concat', columns, { axis: int(0) }, { name });
}

const named = (b: GraphBuilder, value: string, name: string): string =>
  b.add('Identity', [value], {}, { name });
