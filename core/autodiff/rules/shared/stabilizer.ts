import type { GraphBuilder } from '../../../graph/builder.ts';
import { arithmetic } from '../../../ops/shared/arithmetic.ts';

/** z + ε·sign(z) with sign(0) = +1, which may be divided by. */
export function stabilized(b: GraphBuilder, z: string, stabilizer: number): string {
  const { add, less, where } = arithmetic(b);
  return add(z, where(less(z, 0), -stabilizer, stabilizer));
}

/** z/(z + ε·sign(z)) = |z|/(|z| + ε): the part of the relevance that the stabilizer does not take. */
export function keptShare(b: GraphBuilder, z: string, stabilizer: number): string {
  const { add, apply, div } = arithmetic(b);
  const size = apply('Abs', z);
  return div(size, add(size, stabilizer));
}
