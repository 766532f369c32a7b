import { defineLesson } from './define.ts';
import { atMost } from './shared/checks.ts';
import { type CurveFit, type Wanted, fitCurveAgain } from './shared/curveFit.ts';
import { logarithms } from './shared/series.ts';

const widths = [1, 2, 4, 8, 16, 32] as const;
const shown: readonly number[] = [1, 4, 32];
const [points, steps, restarts] = [80, 1000, 3];

const wanted: Wanted = {
  label: 'sin 2πx + ½ sin 5πx',
  low: -1,
  high: 1,
  of: (x) => Math.sin(2 * Math.PI * x) + 0.5 * Math.sin(5 * Math.PI * x),
};

export const universalApproximation = defineLesson({
  id: 'universalApproximation',
  topic: 'learning features',
  title: 'More hidden units, smaller error',
  claim: 'The error of a network with one hidden layer falls as its hidden units become more.',
  citation: 'Cybenko 1989, theorem 2; Hornik, Stinchcombe and White 1989',
  async *run(run) {
    const fits: CurveFit[] = [];
    const question = {
      run,
      wanted,
      activation: 'tanh' as const,
      points,
      steps,
      seed: run.seed * restarts,
      slopes: 10,
      restarts,
      enough: 0,
    };
    for (const [index, hiddenUnits] of widths.entries()) {
      const part = [index, widths.length] as const;
      fits.push(yield* fitCurveAgain({ ...question, hiddenUnits, part }));
    }
    const errors = fits.map(({ meanSquaredError }) => meanSquaredError);
    const [first = Number.NaN] = errors;
    const last = errors.at(-1) ?? Number.NaN;
    // Twice as many units are sometimes trained badly; four times as many make up for it.
    const falls = errors.slice(2).map((error, index) => error / (errors[index] ?? Number.NaN));
    const [{ x, y } = { x: [], y: [] }] = fits;
    return {
      results: [
        {
          type: 'curve',
          name: 'error',
          title: 'Error against the number of hidden units',
          x: {
            label: 'hidden units',
            values: widths.map((width) => Math.log2(width)),
            ticks: widths.map(String),
          },
          y: { label: 'log₁₀ of the mean squared error' },
          series: [{ label: wanted.label, y: logarithms(errors) }],
        },
        {
          type: 'curve',
          name: 'fits',
          title: `${wanted.label} by tanh units`,
          x: { label: 'x', values: x },
          y: { label: 'value' },
          series: [
            { label: 'as trained with', y },
            ...fits.flatMap(({ network }, index) => {
              const width = widths[index] ?? 0;
              return shown.includes(width)
                ? [{ label: `${width} hidden unit${width === 1 ? '' : 's'}`, y: network }]
                : [];
            }),
          ],
        },
      ],
      checks: [
        atMost('error with 32 hidden units over the error with one', last / first, 0.02),
        atMost('error over the error with a quarter as many units, the greatest', Math.max(...falls), 0.8),
      ],
    };
  },
});
