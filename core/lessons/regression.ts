import type { CurveResult } from '../protocol/results.ts';
import { type Check, defineLesson } from './define.ts';
import { atMost } from './shared/checks.ts';
import { type CurveFit, type HiddenActivation, type Wanted, fitCurveAgain } from './shared/curveFit.ts';

const functions: readonly (Wanted & { readonly id: string })[] = [
  { id: 'square', label: 'x²', low: -1, high: 1, of: (x) => x * x },
  { id: 'sine', label: 'sin x', low: -Math.PI, high: Math.PI, of: Math.sin },
  { id: 'absolute', label: '|x|', low: -1, high: 1, of: Math.abs },
];
const activations: readonly HiddenActivation[] = ['tanh', 'logistic'];

/** Bishop's fig. 5.3 has 50 points and 3 hidden units. */
const [points, hiddenUnits, steps, restarts] = [50, 3, 1200, 8];
/** About a fortieth of the variance of x² and |x| on [−1, 1], which is 4/45 and 1/12. */
const greatestError = 0.002;

export const regression = defineLesson({
  id: 'regression',
  topic: 'learning features',
  title: 'x², sin x and |x| from three hidden units',
  claim: 'Three hidden units, bent and scaled by training, add up to x², sin x and |x|.',
  citation: 'Bishop 2006, fig. 5.3',
  async *run(run) {
    const results: CurveResult[] = [];
    const checks: Check[] = [];
    const seed = run.seed * restarts;
    const question = {
      run,
      hiddenUnits,
      points,
      steps,
      seed,
      slopes: 4,
      restarts,
      enough: greatestError / 2,
    };
    const count = functions.length * activations.length;
    for (const wanted of functions) {
      for (const activation of activations) {
        const part = [results.length, count] as const;
        const found = yield* fitCurveAgain({ ...question, wanted, activation, part });
        results.push(curveOf(wanted.id, wanted.label, activation, found));
        checks.push(
          atMost(
            `mean squared error of ${wanted.label} with ${activation} units`,
            found.meanSquaredError,
            greatestError,
          ),
        );
      }
    }
    return { results, checks };
  },
});

function curveOf(id: string, label: string, activation: HiddenActivation, found: CurveFit): CurveResult {
  const { x, y, network, units, offset, meanSquaredError } = found;
  return {
    type: 'curve',
    name: `${id}.${activation}`,
    title: `${label} by three ${activation} units`,
    x: { label: 'x', values: x },
    y: { label: 'value' },
    series: [
      { label: `${label}, as trained with`, y },
      { label: 'network', y: network },
      ...units.map((unit, index) => ({ label: `hidden unit ${index + 1}, weighted`, y: unit })),
    ],
    facts: [{ label: 'mean squared error', value: meanSquaredError }],
    notes: [
      `The network is the sum of its weighted hidden units and ${offset.toFixed(2).replace('-', '−')}.`,
    ],
  };
}
