import { LoupeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { float32, floatsOf, numbersOf, tensor } from '../../base/tensor.ts';
import type { Graph } from '../../graph/ir.ts';
import { int } from '../../graph/ir.ts';
import { type MethodContext, type PictureInput, breathe } from '../../method/context.ts';
import { newBuilder } from '../../ops/registry.ts';
import { prune } from '../../passes/prune.ts';
import { outputOf } from '../../runtime/program.ts';
import { type Objective, placeFeed } from './objective.ts';
import { type Place, emitPlace } from './place.ts';

/** Where a picture activates an objective most. */
export interface Example {
  /** Index of the picture. */
  readonly picture: number;
  readonly activation: number;
  /** Position in the map; 0 for dense layers and classes. */
  readonly row: number;
  readonly column: number;
}

export interface ExamplesQuestion {
  readonly context: MethodContext;
  readonly place: Place;
  /** All read alike. */
  readonly objectives: readonly Objective[];
  readonly pictures: readonly PictureInput[];
}

const names = { image: 'pictures', activation: 'activation', position: 'position' } as const;

/** Pictures of one run of the network; more gain no time on a CPU. */
const greatestBatch = 16;

/**
 * For every objective, each picture with its greatest activation and the position where it is, in the order of the pictures. Yields how
 * many pictures are done. The activation at a position is Σ_c w_c A_c, as the network computes A; for the objective of a
 * whole layer the mean of the squares of its channels.
 */
export async function* activationsOf(question: ExamplesQuestion): AsyncGenerator<number, Example[][]> {
  const { context, objectives, pictures } = question;
  const size = context.batchFor(
    Math.min(greatestBatch, pictures.length),
    (batch) => emitGreatest(question, batch).graph,
  );
  const { graph, width } = emitGreatest(question, size);
  const program = await context.runtime.compile(graph);
  const found: Example[][] = objectives.map(() => []);
  for (let first = 0; first < pictures.length; first += size) {
    await breathe(context);
    const part = pictures.slice(first, first + size);
    const result = await program.run({ [names.image]: together(part, size) });
    const activations = floatsOf(outputOf(result, names.activation));
    const positions = numbersOf(outputOf(result, names.position));
    part.forEach((_, index) => {
      found.forEach((examples, objective) => {
        const at = index * objectives.length + objective;
        const position = positions[at] ?? 0;
        examples.push({
          picture: first + index,
          activation: activations[at] ?? Number.NaN,
          row: Math.floor(position / width),
          column: position % width,
        });
      });
    });
    yield first + part.length;
  }
  return found;
}

/** The greatest activation of each objective over the positions, and its position: [N, objectives] both. */
function emitGreatest(
  { context, place, objectives }: ExamplesQuestion,
  batch: number,
): { graph: Graph; width: number } {
  const { channels: colours, height, width } = context.model.card.input;
  const b = newBuilder();
  const image = b.input(names.image, { type: 'float32', shape: [batch, colours, height, width] });
  const { computed } = emitPlace(b, context, place, image);
  const [, channels = 1, ...map] = b.shapeOf(computed);
  const squared = objectives.some(({ weights }) => weights === undefined);
  const value = squared ? b.add('Mul', [computed, computed]) : computed;
  const columns = b.add('Reshape', [value, b.axes([batch, channels, sizeOf(map)])]);
  const activations = b.add('MatMul', [b.constant(weightsOf(objectives, channels), 'weights'), columns]);
  const allowed = b.add('Add', [activations, b.constant(onlyAt(objectives[0], map), 'allowed')]);
  const flat = { keepdims: int(0) };
  const greatest = b.add('ReduceMax', [allowed, b.axes([2])], flat);
  const position = b.add('ArgMax', [allowed], { ...flat, axis: int(2) });
  const outputs = [
    b.add('Identity', [greatest], {}, { name: names.activation }),
    b.add('Identity', [position], {}, { name: names.position }),
  ];
  return { graph: prune(b.build(outputs), outputs), width: map[1] ?? 1 };
}

/** [objectives, C]. */
function weightsOf(objectives: readonly Objective[], channels: number) {
  const values = new Float32Array(objectives.length * channels);
  objectives.forEach(({ weights }, index) => {
    values.set(weights ?? new Float32Array(channels).fill(1 / channels), index * channels);
  });
  return float32(values, [objectives.length, channels]);
}

/** 0 at the positions that count, and so little elsewhere that they are never the greatest: [h·w]. */
function onlyAt(objective: Objective | undefined, map: readonly number[]) {
  const size = sizeOf(map);
  if (objective?.at === undefined) return float32(new Float32Array(size), [size]);
  const places = floatsOf(placeFeed(objective, map));
  return float32(
    places.map((weight) => (weight > 0 ? 0 : -1e30)),
    [size],
  );
}

/** The pictures as the network sees them, [N, C, H, W]; what is missing to a batch is black. */
function together(pictures: readonly PictureInput[], batch: number) {
  const [first] = pictures;
  if (first === undefined) throw new LoupeError('internal', 'A batch has at least one picture.');
  const shape = first.fitted.values.dims.slice(1);
  const values = new Float32Array(batch * sizeOf(shape));
  pictures.forEach(({ fitted }, index) => values.set(floatsOf(fitted.values), index * sizeOf(shape)));
  return tensor('float32', values, [batch, ...shape]);
}
