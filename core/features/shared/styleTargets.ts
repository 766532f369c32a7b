import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';
import type { Picture } from '../../data/picture.ts';
import { type MethodContext, breathe } from '../../method/context.ts';
import type { Layer } from '../../model/layers.ts';
import { trunkOf } from '../../model/trunk.ts';
import type { Feeds } from '../../runtime/program.ts';
import { type Extent, extentWithin, photograph } from './photograph.ts';
import { emitContent, emitGrams } from './styleGraphs.ts';
import { valuesOf } from './styleLayers.ts';

/** The key of a program of a style transfer that compares `values` at an extent. */
export const styleKey = (what: string, values: readonly string[], { height, width }: Extent): string =>
  `styleTransfer/${what}/${values.join('|')}/${height}x${width}`;

/** The features of the content [1, C, H, W] in [0, 1] at `layers`, by `styleNames.content`. */
export async function contentFeatures(
  context: MethodContext,
  layers: readonly Layer[],
  content: Tensor,
): Promise<Feeds> {
  const [height = 1, width = 1] = content.dims.slice(2);
  const values = valuesOf(layers);
  const trunk = trunkOf(context.model, values, { batch: 1, height, width });
  const program = await context.program(styleKey('content', values, { height, width }), () =>
    emitContent(trunk, values),
  );
  return Object.fromEntries((await program.run({ [trunk.image]: content })).outputs);
}

/**
 * The mean of the Gram matrices of the pictures at `layers`, by `styleNames.gram`. Each picture keeps its own shape; its longer side
 * has `longest` pixels at most.
 */
export async function blendedGrams(
  context: MethodContext,
  layers: readonly Layer[],
  pictures: readonly Picture[],
  longest: number,
): Promise<Feeds> {
  const sums = new Map<string, { readonly sum: Float32Array; readonly dims: readonly number[] }>();
  for (const picture of pictures) {
    await breathe(context);
    for (const [name, gram] of await gramsOf(context, layers, picture, longest)) {
      const values = floatsOf(gram);
      const { sum } = sums.get(name) ?? { sum: new Float32Array(values.length) };
      values.forEach((value, index) => {
        sum[index] = (sum[index] ?? 0) + value / pictures.length;
      });
      sums.set(name, { sum, dims: gram.dims });
    }
  }
  return Object.fromEntries([...sums].map(([name, { sum, dims }]) => [name, tensor('float32', sum, dims)]));
}

async function gramsOf(
  context: MethodContext,
  layers: readonly Layer[],
  picture: Picture,
  longest: number,
): Promise<ReadonlyMap<string, Tensor>> {
  const values = valuesOf(layers);
  const extent = extentWithin(picture, Math.max(1, Math.round(longest)));
  const trunk = trunkOf(context.model, values, { batch: 1, ...extent });
  const program = await context.program(styleKey('grams', values, extent), () => emitGrams(trunk, values));
  const image = photograph(picture, context.model.card.input.channels, extent);
  return (await program.run({ [trunk.image]: image })).outputs;
}
