import { type Tensor, floatsOf } from '../../../base/tensor.ts';
import type { GraphBuilder } from '../../../graph/builder.ts';

export type Sign = 'positive' | 'negative';

/** v⁺ = max(v, 0) or v⁻ = min(v, 0) = v − v⁺. */
export function signedPart(b: GraphBuilder, value: string, sign: Sign): string {
  const constant = b.constantOf(value);
  if (constant === undefined) {
    const positive = b.add('Relu', [value]);
    return sign === 'positive' ? positive : b.add('Sub', [value, positive]);
  }
  const part = partsOf(constant)[sign];
  const name = `${value}/${sign}`;
  return b.constantOf(name) === part ? name : b.setConstant(b.fresh(name), part);
}

/** One pair of tensors for each tensor, because programs are found again by the identity of their weights. */
const known = new WeakMap<Tensor, Readonly<Record<Sign, Tensor>>>();

function partsOf(source: Tensor): Readonly<Record<Sign, Tensor>> {
  const parts = known.get(source) ?? {
    positive: lazily(source, (value) => Math.max(value, 0)),
    negative: lazily(source, (value) => Math.min(value, 0)),
  };
  known.set(source, parts);
  return parts;
}

/** Computed whenever it is taken, so that a large model's weights need not lie in memory twice. */
function lazily(source: Tensor, part: (value: number) => number): Tensor {
  const { type, dims } = source;
  return {
    type,
    dims,
    get data() {
      return floatsOf(source).map(part);
    },
  };
}
