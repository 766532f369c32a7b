import { backward } from '../../autodiff/backward.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { type Graph, int } from '../../graph/ir.ts';
import { embedNetwork } from '../../model/embed.ts';
import type { Network } from '../../model/network.ts';
import { newBuilder } from '../../ops/registry.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { exampleAxes } from './direction.ts';
import { marginLoss, splitAt } from './loss.ts';

/**
 * The change of variables is x = ½ + (½ + m)·tanh w, whose range is wider than [0, 1] by m on each side; |w| is kept
 * where x is in [0, 1]. Carlini and Wagner's own x = ½ + ½·tanh w reaches 0 and 1 at w = ±∞ only, where dx/dw is 0: most of
 * a digit's background could never move. Here dx/dw = (½ + m)(1 − tanh² w) is 0.095 at 0 and 1, and 0.55 in the middle.
 */
const stretch = 0.05;
export const halfRange = 0.5 + stretch;
export const greatestW = Math.atanh(0.5 / halfRange);

/** w of a pixel in [0, 1]. */
export function variableOf(pixel: number): number {
  return Math.atanh((pixel - 0.5) / halfRange);
}

/** Adam's constants (Kingma and Ba 2015), which Carlini and Wagner use. */
export const [beta1, beta2, adamEpsilon] = [0.9, 0.999, 1e-8];

/** One step of Adam on the objective as a graph. */
export interface CarliniWagnerGraph {
  readonly graph: Graph;
  readonly inputs: {
    /** [N, C, H, W]: x₀, and the state of Adam: w and the means of g and g². */
    readonly original: string;
    readonly w: string;
    readonly mean: string;
    readonly squareMean: string;
    /** int64 [N], and float32 [N]: c and the learning rate. */
    readonly classes: string;
    readonly weight: string;
    readonly rate: string;
    /** Scalars: κ, and 1 − β₁ᵗ, 1 − β₂ᵗ. */
    readonly confidence: string;
    readonly correction1: string;
    readonly correction2: string;
  };
  readonly outputs: {
    /** Before the step: x(w) [N, C, H, W], its logits [N, classes], and the objective [N]. */
    readonly image: string;
    readonly logits: string;
    readonly objective: string;
    readonly w: string;
    readonly mean: string;
    readonly squareMean: string;
  };
}

/** The objective is ‖x(w) − x₀‖₂² + c·max(±(z_y − max_{i≠y} z_i), −κ), the sum of eq. 5 with f₆ (+ to leave y, − to reach it). */
export function carliniWagnerGraph(network: Network, targeted: boolean): CarliniWagnerGraph {
  const b = newBuilder();
  const shape = network.graph.types.get(network.image)?.shape ?? [];
  const [batch = 1] = shape;
  const images = { type: 'float32', shape } as const;
  const rows = { type: 'float32', shape: [batch] } as const;
  const scalar = { type: 'float32', shape: [] } as const;
  const inputs = {
    original: b.input('original', images),
    w: b.input('w', images),
    mean: b.input('mean', images),
    squareMean: b.input('squareMean', images),
    classes: b.input('classes', { type: 'int64', shape: [batch] }),
    weight: b.input('weight', rows),
    rate: b.input('rate', rows),
    confidence: b.input('confidence', scalar),
    correction1: b.input('correction1', scalar),
    correction2: b.input('correction2', scalar),
  };
  const { add, mul, sub, apply } = arithmetic(b);
  const raw = add(mul(apply('Tanh', inputs.w), halfRange), 0.5);
  const copy = embedNetwork(b, network, raw);
  const margin = marginLoss(b, splitAt(b, copy, inputs.classes));
  const loss = targeted ? margin : apply('Neg', margin);
  const bounded = b.add('Max', [loss, apply('Neg', inputs.confidence)]);
  const delta = sub(raw, inputs.original);
  const distance = b.add('ReduceSum', [mul(delta, delta), b.axes(exampleAxes)], { keepdims: int(0) });
  const objective = add(distance, mul(inputs.weight, bounded));
  const [gradient = ''] = backward(b, { of: objective, wrt: [inputs.w], composite: network.rules ?? [] });
  // Rounding of tanh leaves the box by up to 1e-7.
  const image = b.add('Clip', [raw, b.scalar(0), b.scalar(1)]);
  const adam = emitAdam(b, inputs, gradient);
  const outputs = { image, logits: copy.logits, objective, ...adam };
  return { graph: b.build(Object.values(outputs)), inputs, outputs };
}

/** w′ = cut(w − α·m̂/(√v̂ + 10⁻⁸)): a step of Adam, projected back onto the box. */
function emitAdam(
  b: GraphBuilder,
  inputs: CarliniWagnerGraph['inputs'],
  gradient: string,
): Pick<CarliniWagnerGraph['outputs'], 'w' | 'mean' | 'squareMean'> {
  const { add, div, mul, sub, apply } = arithmetic(b);
  const mean = add(mul(inputs.mean, beta1), mul(gradient, 1 - beta1));
  const squareMean = add(mul(inputs.squareMean, beta2), mul(mul(gradient, gradient), 1 - beta2));
  const root = apply('Sqrt', div(squareMean, inputs.correction2));
  const rate = b.add('Unsqueeze', [div(inputs.rate, inputs.correction1), b.axes(exampleAxes)]);
  const step = div(mul(mean, rate), add(root, adamEpsilon));
  const w = b.add('Clip', [sub(inputs.w, step), b.scalar(-greatestW), b.scalar(greatestW)]);
  return { w, mean, squareMean };
}
