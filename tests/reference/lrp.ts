/**
 * Layer-wise relevance propagation from its papers, in float64, one message R_{i←j} after the other: no cotangents, no
 * gradients, nothing in common with the compiler but the definition.
 */

/** y_j = Σ_i w_ji x_i + b_j with every weight written down: a convolution is a large matrix of mostly zeros. */
export interface Affine {
  readonly weights: readonly (readonly number[])[];
  readonly bias: readonly number[];
}

/** One layer of a small network; values are flat arrays by name. */
export type Step =
  | { readonly kind: 'affine'; readonly dense: boolean; readonly plusRule: boolean; readonly layer: Affine }
  | { readonly kind: 'relu' }
  | { readonly kind: 'activation'; readonly apply: (x: number) => number }
  | { readonly kind: 'maxima'; readonly windows: readonly (readonly number[])[] }
  /** The same values in another shape. */
  | { readonly kind: 'movement' }
  | { readonly kind: 'sum' }
  /** The second input is the gate; `gates` says which of its elements each element of the first is multiplied by. */
  | { readonly kind: 'product'; readonly gates: readonly number[] };

export interface Layer {
  readonly step: Step;
  readonly inputs: readonly string[];
  readonly output: string;
}

export interface Rules {
  readonly stabilizer: number;
  /** Whether convolutions, and dense layers too, follow z⁺. */
  readonly zPlus: 'nowhere' | 'convolutions' | 'everywhere';
}

type Values = ReadonlyMap<string, readonly number[]>;

const at = (values: readonly number[], index: number): number => values[index] ?? Number.NaN;

/** Denominators keep away from zero on the side where they are. */
const stable = (z: number, stabilizer: number): number => (z < 0 ? z - stabilizer : z + stabilizer);

const outputsOf = ({ weights, bias }: Affine, x: readonly number[]): number[] =>
  weights.map((row, j) => row.reduce((sum, w, i) => sum + w * at(x, i), at(bias, j)));

const firstMaximum = (window: readonly number[], x: readonly number[]): number =>
  window.reduce((best, place) => (at(x, place) > at(x, best) ? place : best));

/** All values of the network, from its input on. */
export function valuesOf(layers: readonly Layer[], given: Values): Values {
  const values = new Map(given);
  for (const { step, inputs, output } of layers) {
    const [x = [], other = []] = inputs.map((name) => values.get(name) ?? []);
    values.set(output, outputOf(step, x, other));
  }
  return values;
}

function outputOf(step: Step, x: readonly number[], other: readonly number[]): number[] {
  switch (step.kind) {
    case 'affine':
      return outputsOf(step.layer, x);
    case 'relu':
      return x.map((value) => Math.max(0, value));
    case 'activation':
      return x.map(step.apply);
    case 'maxima':
      return step.windows.map((window) => at(x, firstMaximum(window, x)));
    case 'movement':
      return [...x];
    case 'sum':
      return x.map((value, i) => value + at(other, i));
    case 'product':
      return x.map((value, i) => value * at(other, at(step.gates, i)));
  }
}

/**
 * Relevance of every value when the score is element `target` of `output`. The score is a sum over the other elements times
 * zero: a layer whose stabilizer takes its part too.
 */
export function relevancesOf(
  layers: readonly Layer[],
  values: Values,
  score: { readonly output: string; readonly target: number },
  rules: Rules,
): Map<string, number[]> {
  const logits = values.get(score.output) ?? [];
  const logit = at(logits, score.target);
  const kept = (logit * logit) / stable(logit, rules.stabilizer);
  const relevances = new Map([[score.output, logits.map((_, i) => (i === score.target ? kept : 0))]]);
  for (const { step, inputs, output } of layers.toReversed()) {
    const from = relevances.get(output);
    if (from === undefined) continue;
    const sources = inputs.map((name) => values.get(name) ?? []);
    messagesOf(step, sources, from, rules).forEach((message, index) => {
      const name = inputs[index] ?? '';
      const known = relevances.get(name);
      relevances.set(name, known === undefined ? message : known.map((value, i) => value + at(message, i)));
    });
  }
  return relevances;
}

/** What a layer's inputs get of its relevance; a gate gets no message. */
function messagesOf(
  step: Step,
  [x = [], other = []]: readonly (readonly number[])[],
  relevance: readonly number[],
  rules: Rules,
): number[][] {
  const { stabilizer } = rules;
  switch (step.kind) {
    case 'affine': {
      const plus =
        step.plusRule && (rules.zPlus === 'everywhere' || (rules.zPlus === 'convolutions' && !step.dense));
      return [
        plus ? zPlus(step.layer, x, relevance, stabilizer) : epsilon(step.layer, x, relevance, stabilizer),
      ];
    }
    case 'relu':
      return [x.map((value, i) => (value > 0 ? at(relevance, i) : 0))];
    case 'activation':
      return [x.map((value, i) => (value / stable(value, stabilizer)) * at(relevance, i))];
    case 'maxima':
      return [winners(step.windows, x, relevance)];
    case 'sum':
      return [x, other].map((side) =>
        side.map((value, i) => (value / stable(at(x, i) + at(other, i), stabilizer)) * at(relevance, i)),
      );
    case 'movement':
    case 'product':
      return [[...relevance]];
  }
}

/** Bach et al. 2015, eq. 58: R_i = Σ_j z_ij/(z_j + ε·sign z_j) R_j. */
function epsilon(
  layer: Affine,
  x: readonly number[],
  relevance: readonly number[],
  stabilizer: number,
): number[] {
  const z = outputsOf(layer, x);
  return x.map((value, i) =>
    layer.weights.reduce(
      (sum, row, j) => sum + ((value * at(row, i)) / stable(at(z, j), stabilizer)) * at(relevance, j),
      0,
    ),
  );
}

/** Bach et al. 2015, eq. 60 with α = 1, β = 0 and no bias: R_i = Σ_j z_ij⁺/(Σ_k z_kj⁺ + ε) R_j. */
function zPlus(
  layer: Affine,
  x: readonly number[],
  relevance: readonly number[],
  stabilizer: number,
): number[] {
  const positive = layer.weights.map((row) => row.map((w, i) => Math.max(0, w * at(x, i))));
  const totals = positive.map((row) => row.reduce((sum, z) => sum + z, stabilizer));
  return x.map((_, i) =>
    positive.reduce((sum, row, j) => sum + (at(row, i) / at(totals, j)) * at(relevance, j), 0),
  );
}

function winners(
  windows: readonly (readonly number[])[],
  x: readonly number[],
  relevance: readonly number[],
): number[] {
  const result = x.map(() => 0);
  windows.forEach((window, j) => {
    const winner = firstMaximum(window, x);
    result[winner] = at(result, winner) + at(relevance, j);
  });
  return result;
}
