import { sigmoid } from '../nn/layers/activation.ts';
import { named, numbered } from '../nn/layers/composition.ts';
import { normal } from '../nn/initializers.ts';
import { linear } from '../nn/layers/linear.ts';
import { floatsOf } from '../base/tensor.ts';
import type { Progress, TableResult } from '../protocol/results.ts';
import { valueExamples } from '../training/examples.ts';
import { type LessonRun, defineLesson } from './define.ts';
import { atMost, exactly } from './shared/checks.ts';
import { type Fit, fit } from './shared/fit.ts';
import { innerValues } from './shared/innerValues.ts';
import { vectorNetwork } from './shared/network.ts';
import { type PlaneLine, drawPlane, planeGrid } from './shared/plane.ts';
import { lossCurves } from './shared/series.ts';
import { fitUnit, gateInputs, planePoints } from './shared/unit.ts';

/** XNOR of (0, 0), (0, 1), (1, 0), (1, 1). */
const targets = [true, false, false, true];
const [steps, mostRestarts] = [300, 10];
const cells = 64;
/** Values of the network: what the hidden units are given, and what they answer. */
const [before, hidden] = ['net.0', 'net.1'];

export const xnorNetwork = defineLesson({
  id: 'xnorNetwork',
  topic: 'learning features',
  title: 'Two layers learn XNOR by recoding the inputs',
  claim:
    'A network with two hidden units learns XNOR, because the hidden units turn the inputs into codes that one line separates.',
  citation: 'Rumelhart, Hinton and Williams 1986, "Learning internal representations by error propagation"',
  async *run(run) {
    const trained = yield* firstThatLearns(run);
    const { runtime } = run;
    const { network, values, losses } = trained.fit;
    const wanted = [before, hidden, 'logits'];
    const [given, codes, logits] = await innerValues({
      runtime,
      network,
      values,
      inputs: gateInputs,
      wanted,
    });
    const inputPlane = { low: -0.5, high: 1.5 };
    const inputs = planeGrid(inputPlane, cells);
    const [grid = new Float32Array()] = await innerValues({
      runtime,
      network,
      values,
      inputs,
      wanted: ['logits'],
    });
    const question = { run, targets, seed: run.seed, steps: 200 };
    const recoded = codes ?? new Float32Array();
    const onCodes = yield* fitUnit({ ...question, inputs: recoded, what: 'one unit on the codes' });
    const onInputs = yield* fitUnit({ ...question, inputs: gateInputs, what: 'one unit on the inputs' });
    const [output] = linesOf(trained.fit, 'net.2');
    return {
      results: [
        {
          type: 'imageGrid',
          name: 'planes',
          title: 'XNOR before and after the hidden layer',
          cells: [
            {
              image: drawPlane({
                ...inputPlane,
                points: planePoints(gateInputs, targets),
                lines: linesOf(trained.fit, 'net.0'),
                answers: grid.map((logit) => 1 / (1 + Math.exp(-logit))),
              }),
              caption: ['inputs', 'the lines of the two hidden units'],
            },
            {
              image: drawPlane({
                low: -0.3,
                high: 1.3,
                points: planePoints(recoded, targets),
                lines: output === undefined ? [] : [output],
              }),
              caption: ['what the hidden units answer', 'the line of the output unit'],
            },
          ],
          notes: [
            'Blue discs should fire, orange rings should not. Colours of the area: what the network answers. Where two inputs get nearly the same code, one mark covers the other.',
          ],
        },
        lossCurves({ name: 'loss', title: 'Learning XNOR' }, [{ label: 'two hidden units', losses }]),
        recodingTable(given, recoded, logits),
      ],
      checks: [
        exactly('inputs of XNOR that the network gets right', trained.right, 4),
        exactly('hidden codes that a single unit gets right', onCodes.right, 4),
        atMost('inputs that a single unit gets right without the hidden layer', onInputs.right, 3),
      ],
    };
  },
});

/** Descent can end in a bad local minimum; then it begins again with other weights, as the lecture advises. */
async function* firstThatLearns(run: LessonRun): AsyncGenerator<Progress, { fit: Fit; right: number }> {
  for (let restart = 0; ; restart++) {
    const seed = run.seed * mostRestarts + restart;
    const initialization = { linear: normal(1), bias: normal(0.5) };
    const layers = named('net', numbered(linear(2), sigmoid, linear(1)));
    const found = yield* fit({
      run,
      what: `XNOR, start ${restart + 1}`,
      network: vectorNetwork(2, layers, { seed, initialization }),
      loss: { id: 'binaryCrossEntropy' },
      optimizer: { id: 'adam' },
      training: valueExamples(gateInputs, Float32Array.from(targets, Number), { width: 2, outputs: 1 }),
      learningRate: 0.1,
      epochs: steps,
    });
    const { network, values } = found;
    const [logits = new Float32Array()] = await innerValues({
      runtime: run.runtime,
      network,
      values,
      inputs: gateInputs,
      wanted: ['logits'],
    });
    const right = targets.filter((target, n) => (logits[n] ?? 0) > 0 === target).length;
    if (right === targets.length || restart + 1 === mostRestarts) return { fit: found, right };
  }
}

/** The lines at which the units of a linear layer of two inputs begin to fire. */
function linesOf({ values }: Fit, layer: string): PlaneLine[] {
  const [weight, bias] = ['weight', 'bias'].map((name) => {
    const found = values.get(`${layer}.${name}`);
    return found === undefined ? new Float32Array() : floatsOf(found);
  });
  return Array.from(bias ?? [], (shift, unit) => ({
    weights: [weight?.[2 * unit] ?? 0, weight?.[2 * unit + 1] ?? 0],
    bias: shift,
  }));
}

/** The lecture's table of inputs, what reaches the hidden units, and what leaves them. */
function recodingTable(given?: Float32Array, codes?: Float32Array, logits?: Float32Array): TableResult {
  const titles = ['i1', 'i2', 'h1 input', 'h2 input', 'h1 output', 'h2 output', 'output'];
  const pair = (values: Float32Array | undefined, n: number): number[] =>
    Array.from(values?.slice(2 * n, 2 * n + 2) ?? []);
  return {
    type: 'table',
    name: 'recoding',
    title: 'XNOR as the network computes it',
    columns: titles.map((title) => ({ title, right: true })),
    rows: targets.map((_, n) => [
      ...pair(gateInputs, n),
      ...pair(given, n),
      ...pair(codes, n),
      1 / (1 + Math.exp(-(logits?.[n] ?? 0))),
    ]),
  };
}
