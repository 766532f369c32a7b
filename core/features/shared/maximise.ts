import { LoupeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { type Tensor, float32, floatsOf, tensor } from '../../base/tensor.ts';
import { type MethodContext, breathe } from '../../method/context.ts';
import { type Feeds, type Program, type RunResult, outputOf } from '../../runtime/program.ts';
import { type Objective, channelFeed, placeFeed, readoutInputs } from './objective.ts';
import { initialTheta, thetaShape } from './parameterization.ts';
import { type TransformRange, drawAffine } from './transform.ts';
import { type Visualization, emitRender, emitStep, keyOf, names } from './visualization.ts';

/** A picture to make: its objective, and what its first θ is drawn from. */
export interface Wanted {
  readonly objective: Objective;
  readonly purpose: string;
}

export interface MaximiseOptions {
  readonly steps: number;
  readonly learningRate: number;
  readonly range: TransformRange;
}

/** A picture that was made, or is being made. */
export interface Made {
  readonly objective: Objective;
  /** [C, H, W] in [0, 1]. */
  readonly image: Tensor;
  /** The objective of the picture itself, without any transform, at the value that the network computes. */
  readonly computed: number;
  /** The same at the value that is maximised, which may lie before a ReLU. */
  readonly score: number;
  /** The greatest score of any step, under that step's transform. */
  readonly best: number;
}

/** After each step: how many are done, and a look at the pictures. */
export interface MaximiseProgress {
  readonly done: number;
  readonly look: () => Promise<readonly Made[]>;
}

/**
 * Maximises the objectives of a batch of pictures together: S = Σ_n S_n, and no picture touches another's S_n (unless they are to be
 * diverse). The transforms of a step are the same for the whole batch, and the same in every batch of a run, so what a
 * picture becomes does not depend on its company. Yields after every step.
 *
 * @throws LoupeError nonFinite where the objective or its gradient is no number.
 */
export async function* maximise(
  context: MethodContext,
  visualization: Visualization,
  wanted: readonly Wanted[],
  options: MaximiseOptions,
): AsyncGenerator<MaximiseProgress, readonly Made[]> {
  const { form, canvas } = visualization;
  const batch = wanted.length;
  const stepper = await context.program(`${keyOf(visualization, batch)}/step`, () =>
    emitStep(context, visualization, batch),
  );
  const readout = readoutFeeds(stepper, wanted);
  const transforms = context.random('featureVisualization/transforms');
  const learningRate = float32([options.learningRate], []);
  const shape = thetaShape(batch, form);
  let theta = firstTheta(context, visualization, wanted);
  let mean = tensor('float32', new Float32Array(sizeOf(shape)), shape);
  let square = tensor('float32', new Float32Array(sizeOf(shape)), shape);
  const best = wanted.map(() => Number.NEGATIVE_INFINITY);
  const look = async (): Promise<readonly Made[]> => {
    const rendered = await render(context, visualization, wanted, theta);
    return rendered.map((made, index) => ({ ...made, best: best[index] ?? Number.NaN }));
  };
  for (let step = 1; step <= options.steps; step++) {
    await breathe(context);
    const affine =
      canvas === undefined ? {} : { [names.affine]: drawAffine(transforms, options.range, form.extent) };
    const result = finite(
      await stepper.run({
        ...readout,
        ...affine,
        [names.theta]: theta,
        [names.mean]: mean,
        [names.square]: square,
        [names.learningRate]: learningRate,
        [names.step]: float32([step], []),
      }),
    );
    theta = outputOf(result, names.nextTheta);
    mean = outputOf(result, names.nextMean);
    square = outputOf(result, names.nextSquare);
    floatsOf(outputOf(result, names.score)).forEach((score, index) => {
      best[index] = Math.max(best[index] ?? score, score);
    });
    yield { done: step, look };
  }
  return look();
}

/** Each picture's θ is drawn by itself: [N, …]. */
function firstTheta(context: MethodContext, { form }: Visualization, wanted: readonly Wanted[]): Tensor {
  const shape = thetaShape(wanted.length, form);
  const values = new Float32Array(sizeOf(shape));
  wanted.forEach(({ purpose }, index) => {
    values.set(initialTheta(context.random(purpose), form), (index * values.length) / wanted.length);
  });
  return tensor('float32', values, shape);
}

async function render(
  context: MethodContext,
  visualization: Visualization,
  wanted: readonly Wanted[],
  theta: Tensor,
): Promise<readonly Omit<Made, 'best'>[]> {
  const batch = wanted.length;
  const program = await context.program(`${keyOf(visualization, batch)}/render`, () =>
    emitRender(context, visualization, batch),
  );
  const result = finite(await program.run({ ...readoutFeeds(program, wanted), [names.theta]: theta }));
  const pictures = outputOf(result, names.pictures);
  const [values, shape] = [floatsOf(pictures), pictures.dims.slice(1)];
  const at = (name: string, index: number): number => floatsOf(outputOf(result, name))[index] ?? Number.NaN;
  return wanted.map(({ objective }, index) => ({
    objective,
    image: tensor('float32', values.slice(index * sizeOf(shape), (index + 1) * sizeOf(shape)), shape),
    computed: at(names.computed, index),
    score: at(names.score, index),
  }));
}

/** What the readout of a program is fed; nothing for the mean square of a layer. */
function readoutFeeds(program: Program, wanted: readonly Wanted[]): Feeds {
  const [channels, places] = [readoutInputs.channels, readoutInputs.places].map((name) =>
    program.inputs.get(name),
  );
  const [first] = wanted;
  if (channels === undefined || places === undefined || first === undefined) return {};
  return {
    [readoutInputs.channels]: channelFeed(
      wanted.map(({ objective }) => objective),
      channels.shape[1] ?? 1,
    ),
    [readoutInputs.places]: placeFeed(first.objective, places.shape),
  };
}

function finite(result: RunResult): RunResult {
  if (result.nonFinite.size === 0) return result;
  throw new LoupeError(
    'nonFinite',
    'The objective or its gradient became infinite or no number. Choose a smaller learning rate, or an earlier layer.',
  );
}
