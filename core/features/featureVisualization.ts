import { z } from 'zod';
import type { MethodContext } from '../method/context.ts';
import { count, flag, layerReference, numberIn } from '../method/params.ts';
import type { Fact, Progress, Result } from '../protocol/results.ts';
import { defineFeature } from './define.ts';
import { type Made, type Wanted, maximise } from './shared/maximise.ts';
import type { Objective } from './shared/objective.ts';
import { objectivesOf } from './shared/objectives.ts';
import { parameterizationNames } from './shared/parameterization.ts';
import type { Extent } from './shared/photograph.ts';
import { pixels } from './shared/pixelParam.ts';
import { type Place, extentsAt } from './shared/place.ts';
import type { TransformRange } from './shared/transform.ts';
import { type Visualization, emitStep, preActivations } from './shared/visualization.ts';

const penalty = (title: string, what: string) =>
  numberIn([0, 1000], 0, {
    title,
    description: `weight λ of ${what}: what is maximised is log S − λR, so it means the same for every layer`,
  });

const params = z.object({
  layer: layerReference(),
  channels: z.string().default('').meta({
    title: 'Channels',
    description: 'of the layer, such as 0-15,30 or all, a picture each; empty: whatever is the target',
  }),
  objective: z.enum(['channel', 'neuron']).default('channel').meta({
    title: 'Objective',
    description: 'channel: the mean of each channel; neuron: its unit at the centre',
  }),
  preActivation: z.enum(preActivations).default('whileSilent').meta({
    title: 'Before the ReLU',
    description:
      'when channels, units and directions of a rectified layer are read before the ReLU, where they have a slope even if every unit is silent',
  }),
  size: pixels([16, 1024], 128, 'Size', 'side of the pictures; classes are seen at the size of the network'),
  steps: count(256, 'Steps', 'of gradient ascent', 100_000),
  learningRate: numberIn([1e-6, 10], 0.03, {
    title: 'Learning rate',
    description: 'of Adam; Lucid takes 0.05, which saturates more',
  }),
  parameterization: z.enum(parameterizationNames).default('fourier').meta({
    title: 'Parameterization',
    description:
      'fourier: coefficients of the Fourier transform, scaled as in photographs; pixel: the pixels themselves',
  }),
  decorrelate: flag(
    true,
    'Decorrelated colours',
    'works on the colours of photographs instead of red, green and blue',
  ),
  transforms: flag(true, 'Transforms', 'moves, scales and turns the picture at random in every step'),
  padding: pixels(
    [0, 256],
    12,
    'Padding',
    'grey around the picture, at 128 pixels and more; less in proportion below',
  ),
  jitter: pixels(
    [0, 256],
    8,
    'Jitter',
    'range of the random shifts, half of it again after turning; in proportion below 128 pixels',
  ),
  scale: numberIn([0, 0.9], 0.1, { title: 'Scale', description: 'factors are drawn from 1 ± scale' }),
  rotation: numberIn([0, 180], 10, {
    title: 'Rotation',
    description: 'angles are drawn from ± rotation',
    unit: '°',
  }),
  totalVariation: penalty('Total variation', 'the mean difference of neighbouring pixels'),
  l1: penalty('L1', 'the mean distance from grey'),
  l2: penalty('L2', 'the root mean square distance from grey'),
  count: count(
    1,
    'Pictures',
    'of each objective; several are made different from each other by the diversity',
    16,
  ),
  diversity: numberIn([0, 1000], 1, {
    title: 'Diversity',
    description:
      'weight λ of the likeness of several pictures of one objective: the mean cosine of their Gram matrices',
  }),
});

type Params = z.output<typeof params>;

/** Pictures of one program. More gain no time on a CPU, and let a person wait longer for the first. */
const greatestBatch = 8;

export const featureVisualization = defineFeature({
  id: 'featureVisualization',
  title: 'Feature visualization',
  description:
    'Makes the pictures to which channels, units, directions, layers or classes respond most, by gradient ascent from noise under random transforms.',
  citation: 'Olah, Mordvintsev and Schubert 2017, "Feature Visualization", Distill; defaults of Lucid',
  command: 'features',
  takes: 'nothing',
  params,
  async *run(run, given): AsyncGenerator<Progress, readonly Result[]> {
    const { context } = run;
    const { place, objectives } = objectivesOf(run, given);
    const plan = planOf(context, given, place, objectives[0]?.weights !== undefined);
    const wanted = objectives.flatMap((objective) => copiesOf(plan, objective, given.count));
    const batches = batchesOf(context, plan, given, wanted);
    const made: Made[] = [];
    for (const [index, batch] of batches.entries()) {
      const steps = maximise(context, plan.visualization, batch, { ...given, range: plan.range });
      let step = await steps.next();
      for (; step.done !== true; step = await steps.next()) {
        const { done, look } = step.value;
        const shown = isShown(done, given.steps);
        yield {
          done: index * given.steps + done,
          total: batches.length * given.steps,
          what: namesOf(batch),
          ...(shown ? { preview: resultsOf(plan, [...made, ...(await look())])[0] } : {}),
        };
      }
      made.push(...step.value);
    }
    return resultsOf(plan, made);
  },
});

interface Plan {
  readonly visualization: Visualization;
  readonly range: TransformRange;
  /** The layer, or the classes. */
  readonly where: string;
  readonly notes: readonly string[];
}

/** The size from which on Lucid's amounts of padding and jitter are meant. */
const usualSize = 128;

function planOf(context: MethodContext, given: Params, place: Place, linear: boolean): Plan {
  const { channels } = context.model.card.input;
  const picture = { height: given.size, width: given.size };
  const share = (extent: Extent): number => Math.min(1, extent.height / usualSize, extent.width / usualSize);
  // Shifts never show more than the padding.
  const border = share(picture) * (2 * given.padding - 1.5 * given.jitter);
  const side = given.transforms ? Math.max(1, Math.round(given.size + border)) : given.size;
  const extents = extentsAt(context, place, { picture, canvas: { height: side, width: side } });
  const jitter = share(extents.picture) * given.jitter;
  return {
    visualization: {
      place,
      form: { ...given, channels, extent: extents.picture },
      canvas: given.transforms ? extents.canvas : undefined,
      preActivation: given.preActivation,
      linear,
      penalties: { ...given, diversity: given.count > 1 ? given.diversity : 0 },
    },
    range: { jitter, lateJitter: jitter / 2, scale: given.scale, rotation: given.rotation },
    where: place.kind === 'layer' ? place.layer.name : 'the classes',
    notes: extents.note === undefined ? [] : [extents.note],
  };
}

/** The pictures of an objective; what each is drawn from depends on nothing else in the run. */
function copiesOf({ where }: Plan, objective: Objective, count: number): Wanted[] {
  return Array.from({ length: count }, (_, copy) => ({
    objective,
    purpose: `featureVisualization/${where}/${objective.name}/${copy}`,
  }));
}

/** Pictures that are to differ share a batch; others as many as memory holds. */
function batchesOf(
  context: MethodContext,
  { visualization }: Plan,
  { count }: Params,
  wanted: readonly Wanted[],
): Wanted[][] {
  const most = Math.min(greatestBatch, wanted.length);
  const size = count > 1 ? count : context.batchFor(most, (batch) => emitStep(context, visualization, batch));
  return Array.from({ length: Math.ceil(wanted.length / size) }, (_, index) =>
    wanted.slice(index * size, (index + 1) * size),
  );
}

const looks = 8;

/** Whether a look at the pictures is due after this step: some times in a run, and not at its end. */
function isShown(done: number, steps: number): boolean {
  return done < steps && done % Math.ceil(steps / looks) === 0;
}

function namesOf(batch: readonly Wanted[]): string {
  const names = [...new Set(batch.map(({ objective }) => objective.name))];
  return names.length === 1 ? (names[0] ?? '') : `${names[0] ?? ''} to ${names.at(-1) ?? ''}`;
}

function resultsOf(plan: Plan, made: readonly Made[]): Result[] {
  const { where, notes, visualization } = plan;
  const about = { name: 'features', notes: [...notes, ...silentNotes(visualization, made)] };
  const [first, ...others] = made;
  if (first !== undefined && others.length === 0) {
    const facts: Fact[] = [{ label: 'objective', value: first.computed }];
    return [
      { ...about, type: 'image', title: `${where}, ${first.objective.name}`, image: first.image, facts },
    ];
  }
  const cells = made.map(({ objective, image, computed }) => ({
    image,
    caption: [objective.name, String(Number(computed.toPrecision(3)))],
  }));
  return [{ ...about, type: 'imageGrid', title: `Features of ${where}`, cells }, tableOf(made)];
}

function tableOf(made: readonly Made[]): Result {
  return {
    type: 'table',
    name: 'objectives',
    title: 'What each picture reaches',
    columns: [{ title: 'Picture' }, { title: 'Activation', right: true }],
    rows: made.map(({ objective, computed }) => [objective.name, computed]),
  };
}

/** Log probabilities are never positive; any other objective that is not has found nothing. */
function silentNotes({ place }: Visualization, made: readonly Made[]): string[] {
  if (place.kind === 'logProbabilities') return [];
  const silent = made.filter(({ best, score, computed }) => Math.max(best, score, computed) <= 0);
  if (silent.length === 0) return [];
  const listed = [...new Set(silent.map(({ objective }) => objective.name))].join(', ');
  return [
    `The objective never became positive for ${listed}: no picture was found that activates it, and what is shown means little.`,
  ];
}
