import { defineLesson } from './define.ts';
import { atMost } from './shared/checks.ts';
import { greatestDifference, listNodes, nodeTable } from './shared/computationGraph.ts';
import { type LinearModel, closedForm, distanceBetween, linearData } from './shared/linearData.ts';
import { descend } from './shared/linearDescent.ts';

/** The point of the lesson on least squares, with a penalty. */
const point = { x: [2, -1], y: 1, w: [1, 3], b: 0.5, lambda: 0.1 };
const [examples, width, noise] = [60, 3, 0.3];
const [steps, learningRate] = [150, 0.1];
const lambdas = [0, 0.1, 0.2, 0.3, 0.5, 0.7, 1] as const;

const normOf = ({ weights }: LinearModel): number => Math.hypot(...weights);

export const ridge = defineLesson({
  id: 'ridge',
  topic: 'backpropagation',
  title: 'Ridge regression on the computation graph',
  claim: 'The penalty λ‖w‖² adds 2λwⱼ to ∂J/∂wⱼ and nothing to ∂J/∂b; the weights shrink as λ grows.',
  citation: 'Hoerl and Kennard 1970; Hastie, Tibshirani and Friedman 2009, eq. 3.44',
  async *run(run) {
    const nodes = await listNodes(run.runtime, point);
    const data = linearData(run.seed, { length: examples, width, noise });
    const reached: LinearModel[] = [];
    for (const [index, lambda] of lambdas.entries()) {
      const part = [index, lambdas.length] as const;
      const models = yield* descend({ run, data, lambda, learningRate, steps, part });
      reached.push(...models.slice(-1));
    }
    const solutions = lambdas.map((lambda) => closedForm(data, lambda));
    const distances = reached.map((model, index) => distanceBetween(model, solutions[index] ?? model));
    const norms = reached.map(normOf);
    const shrinking = norms.slice(1).map((norm, index) => norm / (norms[index] ?? Number.NaN));
    return {
      results: [
        nodeTable(nodes, 'J'),
        {
          type: 'curve',
          name: 'shrinkage',
          title: 'Weights against the strength of the penalty',
          x: { label: 'λ', values: lambdas },
          y: { label: 'value' },
          series: [
            { label: '‖w‖ by descent', y: norms },
            { label: '‖w‖ of the closed solution', y: solutions.map(normOf) },
            ...Array.from({ length: width }, (_, j) => ({
              label: `w${['₁', '₂', '₃'][j] ?? ''} by descent`,
              y: reached.map(({ weights }) => weights[j] ?? Number.NaN),
            })),
          ],
        },
      ],
      checks: [
        atMost(
          'greatest difference between a derivative of the compiled graph and the one by hand',
          greatestDifference(nodes),
          1e-5,
        ),
        atMost('greatest distance of a descent’s end from its closed solution', Math.max(...distances), 1e-4),
        atMost('greatest ratio of ‖w‖ to that at the λ before', Math.max(...shrinking), 0.98),
      ],
    };
  },
});
