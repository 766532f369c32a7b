import type { Objective } from '../../../core/features/shared/objective.ts';
import type { Place } from '../../../core/features/shared/place.ts';
import type { Visualization } from '../../../core/features/shared/visualization.ts';
import { convNetFeatures, convNetLogits } from '../../reference/convNet.ts';
import type { Grid } from '../../reference/convolution.ts';
import {
  fourierPicture,
  likeness,
  penalties as penaltyOf,
  pixelPicture,
  seenThrough,
} from '../../reference/visualization.ts';
import { type Case, none } from './visualizationCases.ts';

/** What the program of a case depends on. */
export const visualizationOf = (given: Case): Visualization => ({
  place: given.place,
  form: { ...given.form, channels: 3 },
  canvas: given.canvas,
  preActivation: given.preActivation ?? 'whileSilent',
  linear: given.objectives[0]?.weights !== undefined,
  penalties: given.penalties ?? none,
});

/** What the network computes at a place for an image, and the same before the ReLU. */
function valuesAt(place: Place, image: Grid): readonly [computed: Grid, before: Grid] {
  if (place.kind === 'layer') {
    const { early, earlySums, late, lateSums } = convNetFeatures(image);
    return place.layer.name === 'early' ? [early, earlySums] : [late, lateSums];
  }
  const logits = convNetLogits(image);
  const normalizer = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  const data = place.kind === 'logits' ? logits : logits.map((logit) => logit - normalizer);
  const grid = { dims: [1, data.length, 1, 1], data };
  return [grid, grid];
}

/** S of a map from its definition. */
function readOut({ dims, data }: Grid, { weights, at }: Objective): number {
  const [, channels = 1, height = 1, width = 1] = dims;
  const plane = height * width;
  if (weights === undefined) return data.reduce((sum, value) => sum + value ** 2, 0) / data.length;
  const place = at && Math.floor(at.down * height) * width + Math.floor(at.right * width);
  const read = (channel: number): number => {
    const map = data.slice(channel * plane, (channel + 1) * plane);
    return place === undefined ? map.reduce((sum, value) => sum + value / plane, 0) : (map[place] ?? NaN);
  };
  return Array.from({ length: channels }).reduce<number>(
    (sum, _, channel) => sum + (weights[channel] ?? 0) * read(channel),
    0,
  );
}

function scoreOf({ place, preActivation = 'whileSilent' }: Case, objective: Objective, image: Grid): number {
  const [computed, before] = valuesAt(place, image).map((grid) => readOut(grid, objective));
  if (computed === undefined || before === undefined) return NaN;
  if (objective.weights === undefined || preActivation === 'never') return computed;
  return preActivation === 'always' || computed === 0 ? before : computed;
}

/** The picture of example n of θ, and what the network sees of it. */
function pictureOf({ form, canvas }: Case, theta: Grid, affine: ArrayLike<number>, n: number) {
  const [batch = 1, ...dims] = theta.dims;
  const length = theta.data.length / batch;
  const own = { dims: [1, ...dims], data: theta.data.slice(n * length, (n + 1) * length) };
  const { height, width } = form.extent;
  const picture =
    form.parameterization === 'pixel'
      ? pixelPicture(own, form.decorrelate)
      : fourierPicture(own, [height, width], form.decorrelate);
  const seen = canvas === undefined ? picture : seenThrough(picture, affine, [canvas.height, canvas.width]);
  return { picture, seen };
}

/** Scores of a batch, and Σ_n S_n − |S_n| Σ_r λ_r R_r with |S_n| as `held`. */
export function reference(given: Case, theta: Grid, affine: ArrayLike<number>, held?: readonly number[]) {
  const { objectives, place, penalties = none } = given;
  const pictures = objectives.map((_, n) => pictureOf(given, theta, affine, n));
  const scores = objectives.map((objective, n) =>
    scoreOf(given, objective, pictures[n]?.seen ?? { dims: [], data: [] }),
  );
  // Classes are told apart at the last feature map.
  const mapOf = (image: Grid): Grid =>
    place.kind === 'layer' ? valuesAt(place, image)[0] : convNetFeatures(image).late;
  const alike = penalties.diversity === 0 ? [] : likeness(pictures.map(({ seen }) => mapOf(seen)));
  const total = pictures.reduce((sum, { picture }, n) => {
    const { totalVariation, l1, l2, diversity } = penalties;
    const penalty =
      (totalVariation && totalVariation * penaltyOf.totalVariation(picture)) +
      (l1 && l1 * penaltyOf.l1(picture)) +
      (l2 && l2 * penaltyOf.l2(picture)) +
      (diversity && diversity * (alike[n] ?? NaN));
    const score = scores[n] ?? NaN;
    return sum + score - Math.abs(held?.[n] ?? score) * penalty;
  }, 0);
  return { pictures, scores, total };
}
