import { backward } from '../../autodiff/backward.ts';
import type { Composite } from '../../autodiff/composite.ts';
import { blocked } from '../../autodiff/rules/blocked.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Graph } from '../../graph/ir.ts';
import type { MethodContext } from '../../method/context.ts';
import { newBuilder } from '../../ops/registry.ts';
import { namedOutputs } from '../../passes/namedOutputs.ts';
import { emitAdamStep } from './adam.ts';
import { emitLikeness } from './diversity.ts';
import { emitReadout } from './objective.ts';
import { type PictureForm, emitPictures, thetaShape } from './parameterization.ts';
import type { Extent } from './photograph.ts';
import { type Place, type PlacedValue, emitPlace } from './place.ts';
import { type RegularizerName, regularizers } from './regularizers.ts';
import { emitTransform } from './transform.ts';

/** Weights of what is taken off an objective; see `emitTotal`. */
export type Penalties = Readonly<Record<RegularizerName | 'diversity', number>>;

/** When objectives at a rectified value are read before its ReLU, where they have a slope even while every unit is silent. */
export const preActivations = ['whileSilent', 'always', 'never'] as const;

export type PreActivation = (typeof preActivations)[number];

/** Everything that the programs of a visualization depend on, beside the batch. */
export interface Visualization {
  readonly place: Place;
  readonly form: PictureForm;
  /** What the network sees of a transformed picture; undefined: the picture itself. */
  readonly canvas: Extent | undefined;
  readonly preActivation: PreActivation;
  /** Whether objectives are sums over channels and places, or the mean square of the layer. */
  readonly linear: boolean;
  readonly penalties: Penalties;
}

/** Inputs and outputs of the programs; readouts have inputs of their own. */
export const names = {
  theta: 'theta',
  mean: 'mean',
  square: 'square',
  step: 'step',
  learningRate: 'learningRate',
  affine: 'affine',
  nextTheta: 'next.theta',
  nextMean: 'next.mean',
  nextSquare: 'next.square',
  /** What is maximised, [N]. */
  score: 'score',
  /** The objective at the value that the network computes, after its rectifier, [N]. */
  computed: 'computed',
  pictures: 'pictures',
} as const;

/** A builder in which the names of the outputs are kept from the network's own values. */
function visualizationBuilder(): GraphBuilder {
  const b = newBuilder();
  b.reserve(Object.values(names));
  return b;
}

export function keyOf({ place, ...rest }: Visualization, batch: number): string {
  const where = place.kind === 'layer' ? place.layer.value : place.kind;
  return `featureVisualization/${where}/${JSON.stringify(rest)}/${batch}`;
}

/**
 * One step for a batch of pictures as one graph: θ → picture → transform → network → objective, back, and Adam. Inputs are θ,
 * Adam's moments, the number of the step, the learning rate, the transform and the readout; outputs the next θ and moments and the
 * objective of each transformed picture.
 */
export function emitStep(context: MethodContext, visualization: Visualization, batch: number): Graph {
  const { place, form, canvas } = visualization;
  const b = visualizationBuilder();
  const input = (name: string, shape: readonly number[]): string => b.input(name, { type: 'float32', shape });
  const shape = thetaShape(batch, form);
  const theta = input(names.theta, shape);
  const moments = { mean: input(names.mean, shape), square: input(names.square, shape) };
  const [step, learningRate] = [input(names.step, []), input(names.learningRate, [])];
  const pictures = emitPictures(b, theta, form);
  const seen =
    canvas === undefined ? pictures : emitTransform(b, pictures, input(names.affine, [3, 2]), canvas);
  const placed = emitPlace(b, context, place, seen);
  const { score } = emitScores(b, visualization, placed);
  const { total, rules } = emitTotal(b, { score, pictures, placed, penalties: visualization.penalties });
  const composite = [...placed.rules, ...rules];
  const [gradient = ''] = backward(b, { of: total, wrt: [theta], composite });
  const next = emitAdamStep(b, { theta, gradient, step, learningRate, ...moments });
  return namedOutputs(b, {
    [names.nextTheta]: next.theta,
    [names.nextMean]: next.mean,
    [names.nextSquare]: next.square,
    [names.score]: score,
  });
}

/** The pictures of θ, and their objectives without any transform: as they are maximised, and as the network computes them. */
export function emitRender(context: MethodContext, visualization: Visualization, batch: number): Graph {
  const { place, form } = visualization;
  const b = visualizationBuilder();
  const theta = b.input(names.theta, { type: 'float32', shape: thetaShape(batch, form) });
  const pictures = emitPictures(b, theta, form);
  const placed = emitPlace(b, context, place, pictures);
  const { score, computed } = emitScores(b, visualization, placed);
  return namedOutputs(b, { [names.pictures]: pictures, [names.score]: score, [names.computed]: computed });
}

/**
 * The objective of each picture at the value that the network computes, and what is maximised for it. The mean of a channel before its
 * ReLU is no substitute for the mean after it: the two sides of an edge cancel. So it is taken only while the ReLU passes nothing
 * that the objective reads, which then is exactly 0 (Lucid's redirected gradient serves the same purpose).
 */
function emitScores(
  b: GraphBuilder,
  { linear, preActivation }: Visualization,
  { computed: value, unrectified }: PlacedValue,
): { score: string; computed: string } {
  const computed = emitReadout(b, value, linear);
  if (!linear || preActivation === 'never' || unrectified === value) return { score: computed, computed };
  const before = emitReadout(b, unrectified, linear);
  if (preActivation === 'always') return { score: before, computed };
  const silent = b.add('Equal', [computed, b.scalar(0)]);
  return { score: b.add('Where', [silent, before, computed]), computed };
}

interface TotalQuestion {
  readonly score: string;
  readonly pictures: string;
  readonly placed: PlacedValue;
  readonly penalties: Penalties;
}

/**
 * What is differentiated, [N]: S − |S| Σ_r λ_r R_r, with |S| held, so that its gradient is that of log S − Σ λ_r R_r times S. A weight λ
 * then means the same for every network and layer, whatever the unit of S.
 */
function emitTotal(
  b: GraphBuilder,
  { score, pictures, placed, penalties }: TotalQuestion,
): { total: string; rules: Composite } {
  const terms = Object.entries(regularizers).map(([name, emit]) => ({
    weight: penalties[name as RegularizerName],
    emit: () => emit(b, pictures),
  }));
  const likeness = { weight: penalties.diversity, emit: () => emitLikeness(b, placed.features()) };
  const used = [...terms, likeness].filter(({ weight }) => weight !== 0);
  if (used.length === 0) return { total: score, rules: [] };
  const weighed = used.map(({ weight, emit }) => b.add('Mul', [emit(), b.scalar(weight)]));
  const penalty = weighed.reduce((left, right) => b.add('Add', [left, right]));
  const scale = b.add('Identity', [b.add('Abs', [score])], {}, { name: 'heldScore' });
  const total = b.add('Sub', [score, b.add('Mul', [scale, penalty])]);
  return { total, rules: [{ matches: ({ outputs }) => outputs[0] === scale, rule: blocked }] };
}
