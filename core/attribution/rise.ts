import { z } from 'zod';
import { float32, floatsOf, tensor } from '../base/tensor.ts';
import { type Graph, int } from '../graph/ir.ts';
import { evenBatch } from '../method/batches.ts';
import { type MethodContext, breathe } from '../method/context.ts';
import { count, numberIn } from '../method/params.ts';
import { embedNetwork } from '../model/embed.ts';
import { emitScore } from '../model/objective.ts';
import { newBuilder } from '../ops/registry.ts';
import type { Target } from '../protocol/target.ts';
import { type Attribution, defineAttribution } from './define.ts';
import { previewsOf } from './shared/maps.ts';
import { MaskSums } from './shared/maskSums.ts';
import { networkZero } from './shared/networkZero.ts';
import { type MaskSeed, type MaskShape, drawMask, enlargement } from './shared/randomMasks.ts';
import { scoreKey } from './shared/score.ts';

const text = {
  id: 'rise',
  title: 'RISE',
  description:
    'The mean score under random masks that show a pixel. The score of a class is its probability here; masked pixels take the colour that preprocessing maps to zero.',
  citation: 'Petsiuk et al. 2018, eq. 6',
  reading: 'Showing it raises the score above its mean over the masks where red, lowers it where blue.',
};

/** Most masked images that are scored at once. */
const greatestBatch = 32;

/** 1/(N p) Σ_k f(x ⊙ M_k) M_k. */
export const rise = defineAttribution({
  ...text,
  params: z.object({
    samples: count(4000, 'Samples', 'random masks'),
    grid: count(7, 'Grid', 'cells of a mask along each side, before it is enlarged', 100),
    probability: numberIn([0.01, 0.99], 0.5, {
      title: 'Probability',
      description: 'that a cell of a mask shows the image',
    }),
  }),
  async *run({ context, image, target, classFeed }, { samples, grid, probability }) {
    const [, , height = 1, width = 1] = image.dims;
    const shape: MaskShape = {
      grid,
      probability,
      rows: enlargement(height, grid),
      columns: enlargement(width, grid),
    };
    const random = context.random(text.id);
    const graphAt = (size: number): Graph => maskedGraph(context, target, size, grid);
    const batch = evenBatch(samples, context.batchFor(greatestBatch, graphAt));
    const key = `${text.id}/${scoreKey(target)}/${grid}/${batch}`;
    const program = await context.program(key, () => graphAt(batch));
    const sums = new MaskSums(height, width, probability);
    const soFar = (): Attribution => sums.attribution();
    const preview = previewsOf(text);
    for (let done = 0; done < samples; done += batch) {
      yield { done, total: samples, what: `${text.title}: masks`, ...(done === 0 ? {} : preview(soFar)) };
      await breathe(context);
      const masks = Array.from({ length: Math.min(batch, samples - done) }, () => drawMask(random, shape));
      const feeds = { image, ...maskFeeds(masks, shape, batch, height, width), ...classFeed(batch) };
      const [scores, first, second] = [...(await program.run(feeds)).outputs.values()].map(floatsOf);
      if (scores !== undefined && first !== undefined && second !== undefined) {
        sums.add(scores.subarray(0, masks.length), first, second);
      }
    }
    return { ...soFar(), facts: [...sums.facts(), { label: 'score', value: scoreName(target) }] };
  },
});

const scoreName = (target: Target): string =>
  target.kind === 'class' ? 'probability of the class' : 'the target itself';

/** Masks are (rows · cells) · columns, so that only small matrices have to be made and moved for each. */
function maskFeeds(
  masks: readonly MaskSeed[],
  { grid, rows, columns }: MaskShape,
  batch: number,
  height: number,
  width: number,
) {
  const [above, left] = [new Float32Array(batch * height * grid), new Float32Array(batch * grid * width)];
  const cells = new Float32Array(batch * grid * grid);
  masks.forEach((mask, index) => {
    cells.set(mask.cells, index * grid * grid);
    above.set(rows.matrix.subarray(mask.top * grid, (mask.top + height) * grid), index * height * grid);
    for (let cell = 0; cell < grid; cell++) {
      for (let column = 0; column < width; column++) {
        left[(index * grid + cell) * width + column] =
          columns.matrix[(mask.left + column) * grid + cell] ?? 0;
      }
    }
  });
  return {
    rows: tensor('float32', above, [batch, height, grid]),
    columns: tensor('float32', left, [batch, grid, width]),
    cells: tensor('float32', cells, [batch, grid, grid]),
    counted: float32(Array.from({ length: batch }, (_, index) => Number(index < masks.length))),
  };
}

/** n masked images: scores s [n], Σ (s, 1) M [2, H·W], and Σ (s², s, 1) M² [3, H·W]. */
function maskedGraph(context: MethodContext, target: Target, batch: number, grid: number): Graph {
  const network = context.network(batch);
  const b = newBuilder();
  const [, channels = 1, height = 1, width = 1] = network.graph.types.get(network.image)?.shape ?? [];
  const input = (name: string, shape: readonly number[]): string => b.input(name, { type: 'float32', shape });
  const image = input('image', [1, channels, height, width]);
  const [rows, columns] = [input('rows', [batch, height, grid]), input('columns', [batch, grid, width])];
  const [cells, counted] = [input('cells', [batch, grid, grid]), input('counted', [batch])];
  const masks = b.add('MatMul', [b.add('MatMul', [rows, cells]), columns], {}, { name: 'masks' });
  const zero = b.constant(float32(networkZero(network), [1, channels, 1, 1]), 'zero');
  const planes = b.add('Reshape', [masks, b.axes([batch, 1, height, width])]);
  const shown = b.add('Mul', [b.add('Sub', [image, zero]), planes]);
  const copy = embedNetwork(b, network, b.add('Add', [zero, shown], {}, { name: 'masked' }));
  const scores =
    target.kind === 'class'
      ? b.add('Exp', [emitScore(b, copy, { ...target, of: 'logProbability' }, true)])
      : emitScore(b, copy, target, true);
  const flat = b.add('Reshape', [masks, b.axes([batch, height * width])]);
  const summed = (powers: readonly string[], of: string): string => {
    const lines = powers.map((power) =>
      b.add('Reshape', [b.add('Mul', [power, counted]), b.axes([1, batch])]),
    );
    return b.add('MatMul', [b.add('Concat', lines, { axis: int(0) }), of]);
  };
  const one = counted;
  const squares = b.add('Mul', [scores, scores]);
  const first = summed([scores, one], flat);
  const second = summed([squares, scores, one], b.add('Mul', [flat, flat]));
  return b.build([b.add('Identity', [scores], {}, { name: 'explained' }), first, second]);
}
