import type { GridCell, TableResult } from '../protocol/results.ts';
import { defineLesson } from './define.ts';
import { atMost, exactly } from './shared/checks.ts';
import { drawPlane } from './shared/plane.ts';
import { type Unit, fitUnit, gateInputs, planePoints } from './shared/unit.ts';

/** All functions of two bits, by what they say of (0, 0), (0, 1), (1, 0) and (1, 1) read as a binary number. */
const gates = [
  'FALSE',
  'AND',
  'first AND NOT second',
  'first',
  'second AND NOT first',
  'second',
  'XOR',
  'OR',
  'NOR',
  'XNOR',
  'NOT second',
  'first OR NOT second',
  'NOT first',
  'second OR NOT first',
  'NAND',
  'TRUE',
] as const;

const [steps, restarts] = [200, 16];
const drawn = ['AND', 'OR', 'NAND'] as const;

const targetsOf = (gate: number): boolean[] => [8, 4, 2, 1].map((bit) => (gate & bit) !== 0);

/**
 * A unit cannot fire for (0, 0) and (1, 1) alone: 0 ≥ θ and w₁ + w₂ ≥ θ contradict w₁ < θ and w₂ < θ. Of the 16 gates a line
 * separates 14 (Cover 1965, "Geometrical and statistical properties", eq. 5: C(4, 3) = 14).
 */
export const perceptronGates = defineLesson({
  id: 'perceptronGates',
  topic: 'learning features',
  title: 'One unit as a logical gate',
  claim:
    'One unit learns AND, OR and NAND exactly, but never XNOR: no line separates what should fire from what should not.',
  citation: 'Minsky and Papert 1969, "Perceptrons"; Rosenblatt 1958',
  async *run(run) {
    const count = gates.length + restarts;
    const question = { run, inputs: gateInputs, steps };
    const units: Unit[] = [];
    for (const [gate, name] of gates.entries()) {
      const part = [gate, count] as const;
      units.push(yield* fitUnit({ ...question, targets: targetsOf(gate), seed: run.seed, what: name, part }));
    }
    const xnor = gates.indexOf('XNOR');
    const tries: Unit[] = [];
    for (let restart = 0; restart < restarts; restart++) {
      const seed = run.seed + 1 + restart;
      const part = [gates.length + restart, count] as const;
      tries.push(yield* fitUnit({ ...question, targets: targetsOf(xnor), seed, what: 'XNOR again', part }));
    }
    const all = [...tries, ...units.slice(xnor, xnor + 1)];
    const bestXnor = Math.max(...all.map(({ right }) => right));
    const learned = units.filter(({ right }) => right === 4).length;
    return {
      results: [
        {
          type: 'imageGrid',
          name: 'lines',
          title: 'Where one unit begins to fire',
          cells: [
            ...drawn.map((name) => gateCell(name, units[gates.indexOf(name)])),
            xnorCell(all, bestXnor),
          ],
          notes: [
            'Inputs 0 and 1 to the right and upwards. Blue discs should fire, orange rings should not; the line is where the unit begins to.',
          ],
        },
        gateTable(units),
      ],
      checks: [
        ...drawn.map((name) =>
          exactly(
            `inputs of ${name} that the unit gets right`,
            units[gates.indexOf(name)]?.right ?? Number.NaN,
            4,
          ),
        ),
        atMost(`inputs of XNOR right at the best moment of ${restarts + 1} trainings`, bestXnor, 3),
        exactly('gates of two inputs, of 16, that one unit learns (all but XOR and XNOR)', learned, 14),
      ],
    };
  },
});

const short = (value: number): string => value.toFixed(1).replace('-', '−');

function gateCell(name: string, unit: Unit | undefined): GridCell {
  const { weights, bias, right } = unit ?? { weights: [0, 0] as const, bias: 0, right: 0 };
  const points = planePoints(gateInputs, targetsOf(gates.findIndex((gate) => gate === name)));
  return {
    image: drawPlane({ low: -0.5, high: 1.5, points, lines: [{ weights, bias }] }),
    caption: [name, `${right} of 4 right`, `w = (${weights.map(short).join(', ')}), θ = ${short(-bias)}`],
  };
}

function xnorCell(tries: readonly Unit[], best: number): GridCell {
  const points = planePoints(gateInputs, targetsOf(gates.indexOf('XNOR')));
  const lines = tries.map(({ weights, bias }) => ({ weights, bias, faint: true }));
  return {
    image: drawPlane({ low: -0.5, high: 1.5, points, lines }),
    caption: ['XNOR', `at most ${best} of 4 right`, `the best lines of ${tries.length} trainings`],
  };
}

function gateTable(units: readonly Unit[]): TableResult {
  return {
    type: 'table',
    name: 'gates',
    title: 'All gates of two inputs',
    columns: [
      { title: 'gate' },
      ...['w1', 'w2', 'threshold', 'right of 4'].map((title) => ({ title, right: true })),
    ],
    rows: units.map(({ weights, bias, right }, gate) => [gates[gate] ?? '', ...weights, -bias, right]),
  };
}
