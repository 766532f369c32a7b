import { LoupeError } from '../../base/errors.ts';
import { type Tensor, numbersOf } from '../../base/tensor.ts';
import type { MethodContext } from '../../method/context.ts';
import { imageInput } from '../../model/network.ts';
import { classIndex } from '../../model/objective.ts';
import { newBuilder } from '../../ops/registry.ts';
import { outputOf } from '../../runtime/program.ts';

/** The class with the greatest logit of one image [1, C, H, W]. */
export async function topClassOf(context: MethodContext, image: Tensor): Promise<number> {
  const network = context.network(1);
  const program = await context.program('topClass', () => {
    const b = newBuilder(network.graph);
    return b.build([classIndex(b, network, 'top')], network.graph);
  });
  const [output = ''] = program.outputs;
  const [top] = numbersOf(outputOf(await program.run({ [imageInput]: image }), output));
  if (top === undefined) throw new LoupeError('internal', 'The network gave no class.');
  return top;
}
