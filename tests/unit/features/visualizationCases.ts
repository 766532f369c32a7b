import type { Objective } from '../../../core/features/shared/objective.ts';
import type { PictureForm } from '../../../core/features/shared/parameterization.ts';
import type { Place } from '../../../core/features/shared/place.ts';
import type { Penalties, PreActivation } from '../../../core/features/shared/visualization.ts';
import { resolveLayer } from '../../../core/model/layers.ts';
import { networkOf } from '../../../core/model/model.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { convNet, convNetCard } from '../../reference/convNet.ts';

export const model = modelInMemory(convNet(), convNetCard);

export const none: Penalties = { totalVariation: 0, l1: 0, l2: 0, diversity: 0 };

/** A batch of pictures of `convNet` to be made: what the program is told, and what the reference works out. */
export interface Case {
  readonly place: Place;
  /** A picture each. */
  readonly objectives: readonly Objective[];
  readonly form: Omit<PictureForm, 'channels'>;
  /** What the network sees of a picture; without one, the picture itself. */
  readonly canvas?: { readonly height: number; readonly width: number } | undefined;
  readonly preActivation?: PreActivation;
  readonly penalties?: Penalties;
}

const layerPlace = (name: string): Place => ({ kind: 'layer', layer: resolveLayer(networkOf(model), name) });

const objective = (weights: Objective['weights'], at?: Objective['at']): Objective => ({
  name: 'objective',
  weights,
  at,
});

const oneHot = (length: number, index: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => Number(at === index));

const [early, late] = [layerPlace('early'), layerPlace('late')];
const extent = { height: 5, width: 6 };
const canvas = { height: 7, width: 6 };
const own = { height: convNetCard.height, width: convNetCard.width };
const fourier = { parameterization: 'fourier', decorrelate: true, extent } as const;
const pixel = { parameterization: 'pixel', decorrelate: false, extent } as const;
const channel = [objective(oneHot(6, 1))];
const silent = [objective(oneHot(4, 3))];

export const cases: Readonly<Record<string, Case>> = {
  'a channel through Fourier coefficients, decorrelated colours and a transform': {
    place: late,
    objectives: channel,
    form: fourier,
    canvas,
  },
  'Fourier coefficients of an odd width, without colours': {
    place: late,
    objectives: channel,
    form: { ...fourier, decorrelate: false, extent: { height: 6, width: 5 } },
  },
  pixels: { place: late, objectives: channel, form: pixel },
  'pixels of decorrelated colours through a transform': {
    place: late,
    objectives: channel,
    form: { ...pixel, decorrelate: true },
    canvas,
  },
  'a unit': { place: late, objectives: [objective(oneHot(6, 4), { down: 0.7, right: 0.4 })], form: fourier },
  'a direction': {
    place: late,
    objectives: [objective(Float32Array.of(0.5, -1, 0, 2, 0.25, -0.75))],
    form: fourier,
    canvas,
  },
  'the mean square of a layer': { place: late, objectives: [objective(undefined)], form: fourier, canvas },
  'a class': {
    place: { kind: 'logits' },
    objectives: [objective(oneHot(5, 2))],
    form: { ...fourier, extent: own },
    canvas: own,
  },
  'the log probability of a class': {
    place: { kind: 'logProbabilities' },
    objectives: [objective(oneHot(5, 2))],
    form: { ...pixel, extent: own },
  },
  'several channels at once': {
    place: late,
    objectives: [0, 2, 5].map((index) => objective(oneHot(6, index))),
    form: fourier,
    canvas,
  },
  'a silent channel, before its ReLU': { place: early, objectives: silent, form: fourier, canvas },
  'a silent and a lively channel at once, each as it is': {
    place: early,
    objectives: [...silent, objective(oneHot(4, 0))],
    form: fourier,
  },
  'a lively channel before its ReLU, always': {
    place: late,
    objectives: channel,
    form: fourier,
    preActivation: 'always',
  },
  'the total variation': {
    place: late,
    objectives: channel,
    form: fourier,
    canvas,
    penalties: { ...none, totalVariation: 3 },
  },
  'the L1 and L2 distance from grey': {
    place: late,
    objectives: channel,
    form: pixel,
    penalties: { ...none, l1: 0.7, l2: 1.3 },
  },
  'penalties of a negative objective': {
    place: early,
    objectives: silent,
    form: pixel,
    penalties: { ...none, l2: 0.5, totalVariation: 0.2 },
  },
  'diversity among two pictures of a channel': {
    place: late,
    objectives: [...channel, ...channel],
    form: fourier,
    canvas,
    penalties: { ...none, diversity: 2 },
  },
  'diversity among two pictures of a class': {
    place: { kind: 'logits' },
    objectives: [objective(oneHot(5, 3)), objective(oneHot(5, 3))],
    form: { ...pixel, extent: own },
    penalties: { ...none, diversity: 1 },
  },
};

export function caseOf(name: string): Case {
  const given = cases[name];
  if (given === undefined) throw new Error(`There is no case "${name}".`);
  return given;
}
