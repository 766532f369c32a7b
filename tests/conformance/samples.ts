import { type Random, seededRandom } from '../../core/base/random.ts';
import { sizeOf } from '../../core/base/shape.ts';
import { type Tensor, float32 } from '../../core/base/tensor.ts';
import type { GraphBuilder } from '../../core/graph/builder.ts';
import type { Graph } from '../../core/graph/ir.ts';
import type { OperatorDefinition, Sample, SampleInput } from '../../core/ops/define.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import type { Feeds } from '../../core/runtime/program.ts';

/** One sample of an operator as a part of a graph. */
export interface PlacedSample {
  /** The drawn float inputs: graph inputs. */
  readonly inputs: readonly string[];
  /** Every output. */
  readonly outputs: readonly string[];
  /** The float32 outputs. */
  readonly floats: readonly string[];
  /** A value for each drawn input. */
  readonly feeds: Feeds;
}

const isDrawn = (input: Sample['inputs'][number]): input is SampleInput => input !== '' && !('data' in input);

/** Adds a sample's node to `b`; the names of its values begin with `prefix`. */
export function placeSample(
  b: GraphBuilder,
  { opType, domain }: OperatorDefinition,
  sample: Sample,
  prefix = '',
): PlacedSample {
  const random = seededRandom(hashOf(opType + sample.title));
  const feeds: Record<string, Tensor> = {};
  const names = sample.inputs.map((input, index) => {
    const name = `${prefix}x${index}`;
    if (input === '') return '';
    if (!isDrawn(input)) return b.setConstant(name, input);
    feeds[name] = drawInput(random, input);
    return b.input(name, { type: 'float32', shape: input.dims });
  });
  const outputs = b.addAll(opType, names, sample.attributes ?? {}, {
    domain,
    outputs: sample.outputs ?? 1,
    name: `${prefix}y`,
  });
  const floats = outputs.filter((name) => b.typeOf(name).type === 'float32');
  return { inputs: Object.keys(feeds), outputs, floats, feeds };
}

/** A graph that is one sample. */
export function sampleGraph(
  definition: OperatorDefinition,
  sample: Sample,
): { graph: Graph; placed: PlacedSample } {
  const b = newBuilder();
  const placed = placeSample(b, definition, sample);
  return { graph: b.build(placed.outputs), placed };
}

/** Numbers as a sample wants them: in its range, away from its kinks, all different if it says so. */
export function drawInput(random: Random, input: SampleInput): Tensor {
  const count = sizeOf(input.dims);
  const values =
    input.distinct === true ? distinctValues(random, input, count) : drawnValues(random, input, count);
  return float32(values, input.dims);
}

const isFarFromKinks = (value: number, { avoid }: SampleInput): boolean =>
  avoid === undefined || avoid.points.every((point) => Math.abs(value - point) >= avoid.margin);

function drawnValues(random: Random, input: SampleInput, count: number): number[] {
  const [low, high] = input.range ?? [-1, 1];
  const draw = (): number => {
    for (let attempt = 0; attempt < 10_000; attempt++) {
      const value = low + (high - low) * random.uniform();
      if (isFarFromKinks(value, input)) return value;
    }
    throw new Error(`No number in [${low}, ${high}] is far enough from ${input.avoid?.points.join(', ')}.`);
  };
  return Array.from({ length: count }, draw);
}

/** A shuffled ladder of steps of at least 0.1, from the low end of the range or else about zero. */
function distinctValues(random: Random, input: SampleInput, count: number): number[] {
  const [low, high] = input.range ?? [-1, 1];
  const step = Math.max(0.1, (high - low) / Math.max(1, count));
  const start = input.range === undefined ? (-step * count) / 2 : low;
  const ladder: number[] = [];
  for (let rung = 0; ladder.length < count; rung++) {
    const value = start + step * rung;
    if (isFarFromKinks(value, input)) ladder.push(value);
  }
  for (let index = count - 1; index > 0; index--) {
    const other = random.integer(index + 1);
    [ladder[index], ladder[other]] = [ladder[other] ?? 0, ladder[index] ?? 0];
  }
  return ladder;
}

/** FNV-1a: a seed that stays when samples are added beside this one. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
