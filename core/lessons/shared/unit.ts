import { linear } from '../../nn/layers/linear.ts';
import { normal } from '../../nn/initializers.ts';
import type { Progress } from '../../protocol/results.ts';
import { valueExamples } from '../../training/examples.ts';
import type { LessonRun } from '../define.ts';
import { fit } from './fit.ts';
import { vectorNetwork } from './network.ts';

/** The four inputs of a gate of two, as [4, 2]. */
export const gateInputs = Float32Array.from([0, 0, 0, 1, 1, 0, 1, 1]);

/** A unit that fires where w·x + b > 0: the lecture's Σ wⱼiⱼ ≥ θ with θ = −b. */
export interface Unit {
  readonly weights: readonly [number, number];
  readonly bias: number;
  /** How many of the points it got right. */
  readonly right: number;
}

export interface UnitQuestion {
  readonly run: LessonRun;
  /** [n, 2]. */
  readonly inputs: Float32Array;
  /** Whether the unit should fire, a point. */
  readonly targets: readonly boolean[];
  /** Of the line it begins with. */
  readonly seed: number;
  readonly steps: number;
  readonly what: string;
  readonly part?: readonly [index: number, count: number];
}

/**
 * Trains one unit on points in a plane by descent on the logistic loss, which is convex, and returns it as it was at its best: with the
 * most points right, and of these moments the one with the longest weights (where no line separates the points, they shrink to nothing).
 */
export async function* fitUnit(question: UnitQuestion): AsyncGenerator<Progress, Unit> {
  const { run, inputs, targets, seed, steps, what, part } = question;
  const initialization = { linear: normal(2), bias: normal(2) };
  let best: Unit = { weights: [0, 0], bias: 0, right: -1 };
  yield* fit({
    run,
    what,
    network: vectorNetwork(2, linear(1), { seed, initialization }),
    loss: { id: 'binaryCrossEntropy' },
    optimizer: { id: 'sgd', params: { momentum: 0.9 } },
    training: valueExamples(inputs, Float32Array.from(targets, Number), { width: 2, outputs: 1 }),
    learningRate: 0.5,
    epochs: steps,
    ...(part === undefined ? {} : { part }),
    onStep({ theta: [first = 0, second = 0, bias = 0] }) {
      const fires = targets.map(
        (_, n) => first * (inputs[2 * n] ?? 0) + second * (inputs[2 * n + 1] ?? 0) + bias > 0,
      );
      const right = fires.filter((fired, n) => fired === targets[n]).length;
      const longer = Math.hypot(first, second) > Math.hypot(...best.weights);
      if (right > best.right || (right === best.right && longer))
        best = { weights: [first, second], bias, right };
    },
  });
  return best;
}

/** Points in the plane with what is wanted of each. */
export const planePoints = (inputs: Float32Array, targets: readonly boolean[]) =>
  targets.map((positive, n) => ({ at: [inputs[2 * n] ?? 0, inputs[2 * n + 1] ?? 0] as const, positive }));
