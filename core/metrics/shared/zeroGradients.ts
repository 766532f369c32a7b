import { allRows, batchSizeFor, cutRows } from '../../attacks/shared/chunks.ts';
import { emitLoss } from '../../attacks/shared/loss.ts';
import { takeRows } from '../../attacks/shared/rows.ts';
import { backward } from '../../autodiff/backward.ts';
import { floatsOf, int64 } from '../../base/tensor.ts';
import type { Graph } from '../../graph/ir.ts';
import { int } from '../../graph/ir.ts';
import { type MethodContext, breathe } from '../../method/context.ts';
import type { Network } from '../../model/network.ts';
import { newBuilder } from '../../ops/registry.ts';
import { outputOf } from '../../runtime/program.ts';
import type { Subject } from './subject.ts';

/** How many pictures have a loss whose gradient, as attacks take it, is exactly zero in every pixel: they go nowhere. */
export async function countZeroGradients(context: MethodContext, subject: Subject): Promise<number> {
  const { images, classes } = subject;
  const graphAt = (size: number) => greatestSlopes(context.network(size));
  const batch = batchSizeFor(context, classes.length, (size) => graphAt(size).graph);
  const { graph, image, target, slopes } = graphAt(batch);
  const program = await context.program(`robustness/slopes/${batch}`, () => graph);
  let count = 0;
  for (const { rows, padded } of cutRows(allRows(classes.length), batch)) {
    const feeds = {
      [image]: takeRows(images, padded),
      [target]: int64(padded.map((row) => classes[row] ?? 0)),
    };
    const found = floatsOf(outputOf(await program.run(feeds), slopes));
    count += rows.filter((_, at) => found[at] === 0).length;
    await breathe(context);
  }
  return count;
}

/** max |∂J/∂x| of each example, [N]. */
function greatestSlopes(network: Network): {
  graph: Graph;
  image: string;
  target: string;
  slopes: string;
} {
  const b = newBuilder(network.graph);
  const [batch = 1] = b.shapeOf(network.image);
  const target = b.input(b.fresh('classes'), { type: 'int64', shape: [batch] });
  const [gradient = ''] = backward(b, {
    of: emitLoss(b, network, target, 'crossEntropy').ascent,
    wrt: [network.image],
    composite: network.rules ?? [],
  });
  const slopes = b.add('ReduceMax', [b.add('Abs', [gradient]), b.axes([1, 2, 3])], { keepdims: int(0) });
  return { graph: b.build([slopes], network.graph), image: network.image, target, slopes };
}
