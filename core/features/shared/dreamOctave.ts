import { LoupeError } from '../../base/errors.ts';
import { type Tensor, float32, floatsOf } from '../../base/tensor.ts';
import type { MethodContext } from '../../method/context.ts';
import type { Layer } from '../../model/layers.ts';
import { imageInput } from '../../model/network.ts';
import { type Trunk, trunkOf } from '../../model/trunk.ts';
import type { LayerTarget } from '../../protocol/target.ts';
import { type Program, outputOf } from '../../runtime/program.ts';
import { dreamNames, emitDreamStep } from './dreamStep.ts';
import { type Extent, scaledExtent } from './photograph.ts';
import { roll } from './roll.ts';

/** One size at which a dream is dreamed. */
export interface Octave {
  readonly extent: Extent;
  /** What is maximised, for sentences. */
  readonly layer: string;
  readonly program: Program;
  /** What the program is fed beside image and step. */
  readonly extras: Readonly<Record<string, Tensor>>;
}

/** A roll of the picture, in pixels. */
export interface Shift {
  readonly down: number;
  readonly right: number;
}

export interface OctaveRow {
  readonly octaves: number;
  /** Ratio of the extent of one octave to the next. */
  readonly octaveScale: number;
}

/** The extent of octave `index` of a picture [1, C, H, W]: 0 is the smallest; the last is the picture itself. */
export function octaveExtent(whole: Tensor, { octaves, octaveScale }: OctaveRow, index: number): Extent {
  const [height = 1, width = 1] = whole.dims.slice(2);
  return scaledExtent({ height, width }, octaveScale ** (index + 1 - octaves));
}

/** The program of an octave. `wanted` is a target, or the features [C, places] of a guide. */
export async function openOctave(
  context: MethodContext,
  layer: Layer,
  wanted: LayerTarget | Tensor,
  extent: Extent,
): Promise<Octave> {
  const trunk = trunkOf(context.model, [layer.value], { batch: 1, ...extent });
  const guide = 'dims' in wanted ? wanted : undefined;
  const objective =
    'dims' in wanted
      ? ({ kind: 'guide', places: wanted.dims[1] ?? 1 } as const)
      : placedAt(wanted, layer, trunk);
  const key = `deepDream/${layer.value}/${JSON.stringify(objective)}/${extent.height}x${extent.width}`;
  const program = await context.program(key, () => emitDreamStep(trunk, layer.value, objective));
  const extras = guide === undefined ? {} : { [dreamNames.guide]: guide };
  return { extent, layer: layer.name, program, extras };
}

/** A unit is one place of the network's own map; on a map of another size it is the place that covers its centre. */
function placedAt(target: LayerTarget, layer: Layer, trunk: Trunk): LayerTarget {
  if (target.kind !== 'unit') return target;
  const here = trunk.graph.types.get(layer.value)?.shape ?? [];
  const along = (index: number, axis: number): number =>
    Math.floor(((index + 0.5) * (here[axis] ?? 1)) / (layer.shape[axis] ?? 1));
  return { ...target, row: along(target.row, 2), column: along(target.column, 3) };
}

/**
 * One step on the rolled image, and the objective before it; the mean pixel moves by `step`, in units of [0, 1].
 *
 * @throws LoupeError nonFinite where the gradient is no number.
 */
export async function dreamOn(
  { program, extras, extent, layer }: Octave,
  image: Tensor,
  { down, right }: Shift,
  step: number,
): Promise<{ image: Tensor; objective: number }> {
  const result = await program.run({
    ...extras,
    [imageInput]: roll(image, down, right),
    [dreamNames.step]: float32([step], []),
  });
  if (result.nonFinite.size > 0) {
    throw new LoupeError(
      'nonFinite',
      `The gradient of ${layer} is not finite at ${extent.width}x${extent.height} pixels. Choose an earlier layer.`,
    );
  }
  return {
    image: roll(outputOf(result, dreamNames.next), -down, -right),
    objective: floatsOf(outputOf(result, dreamNames.objective))[0] ?? NaN,
  };
}
