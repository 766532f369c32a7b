import { LoupeError } from '../base/errors.ts';
import { freeNames } from '../graph/freeNames.ts';
import type { Graph } from '../graph/ir.ts';
import { foldBatchNorm } from '../passes/foldBatchNorm.ts';
import { prune } from '../passes/prune.ts';
import { specialise } from '../passes/specialise.ts';
import type { Model } from './model.ts';
import { imageInput, reservedNames, withPreprocessing } from './network.ts';

/** The part of a network below some of its values, at an image size of one's own choice. */
export interface Trunk {
  /** Typed; its outputs are the values asked for. */
  readonly graph: Graph;
  /** Input [N, C, H, W] in [0, 1]. */
  readonly image: string;
}

export interface TrunkSize {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The network up to `values` (names of `networkOf`'s graph, as `Layer.value`) for images of another size than the card's:
 * convolutions do not mind. What lies above the values is left out before shapes are bound.
 *
 * @throws LoupeError badGraph where a part of it does mind.
 */
export function trunkOf(model: Model, values: readonly string[], { batch, height, width }: TrunkSize): Trunk {
  const { graph } = freeNames(model.graph, reservedNames);
  const [input] = graph.inputs;
  const card = { ...model.card.input, height, width };
  const below = prune(withPreprocessing(graph, input?.name ?? '', card), values);
  try {
    const typed = specialise(below, { [imageInput]: [batch, card.channels, height, width] });
    return { graph: foldBatchNorm(prune(typed, values)), image: imageInput };
  } catch (error) {
    if (!(error instanceof LoupeError) || (error.code !== 'badGraph' && error.code !== 'badArgument'))
      throw error;
    throw new LoupeError(
      error.code,
      `${model.path} does not work on images of ${width}x${height} pixels up to there: ${error.message}`,
      { cause: error },
    );
  }
}
