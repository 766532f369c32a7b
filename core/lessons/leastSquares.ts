import { defineLesson } from './define.ts';
import { atMost } from './shared/checks.ts';
import { greatestDifference, listNodes, nodeTable } from './shared/computationGraph.ts';
import { closedForm, distanceBetween, linearData } from './shared/linearData.ts';
import { descend } from './shared/linearDescent.ts';
import { countTo, logarithms } from './shared/series.ts';

/** Numbers that can be followed by hand: ŷ = 1·2 + 3·(−1) + 0.5 = −0.5 and r = 1 − (−0.5) = 1.5. */
const point = { x: [2, -1], y: 1, w: [1, 3], b: 0.5 };
const [examples, width, noise] = [60, 3, 0.3];
const [steps, learningRate] = [150, 0.1];

export const leastSquares = defineLesson({
  id: 'leastSquares',
  topic: 'backpropagation',
  title: 'Linear least squares on the computation graph',
  claim:
    'Working back from the loss gives ∂ℓ/∂r = 2r, ∂ℓ/∂b = −2r and ∂ℓ/∂wⱼ = −2r·xⱼ, and descending by them reaches the closed solution.',
  citation: 'Bishop 2006, sec. 5.3; Hastie, Tibshirani and Friedman 2009, eq. 3.6',
  async *run(run) {
    const nodes = await listNodes(run.runtime, point);
    const data = linearData(run.seed, { length: examples, width, noise });
    const solution = closedForm(data);
    const models = yield* descend({ run, data, lambda: 0, learningRate, steps });
    const distances = models.map((model) => distanceBetween(model, solution));
    return {
      results: [
        nodeTable(nodes, 'ℓ'),
        {
          type: 'curve',
          name: 'descent',
          title: 'Descent reaches the closed solution',
          x: { label: 'step', values: countTo(steps) },
          y: { label: 'log₁₀ of the distance of (w, b)' },
          series: [{ label: 'distance to the solution of the normal equations', y: logarithms(distances) }],
          notes: [
            `${examples} examples of ${width} numbers; learning rate ${learningRate}; float32 ends the descent near 10⁻⁶.`,
          ],
        },
      ],
      checks: [
        atMost(
          'greatest difference between a derivative of the compiled graph and the one by hand',
          greatestDifference(nodes),
          1e-5,
        ),
        atMost(
          'distance of the descent’s end from the closed solution',
          distances.at(-1) ?? Number.NaN,
          1e-4,
        ),
      ],
    };
  },
});
