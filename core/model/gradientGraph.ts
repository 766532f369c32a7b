import { LoupeError } from '../base/errors.ts';
import { backward } from '../autodiff/backward.ts';
import { type Composite, plain } from '../autodiff/composite.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { type Graph, int } from '../graph/ir.ts';
import { newBuilder } from '../ops/registry.ts';

/** A graph with the vector-Jacobian product of its outputs. */
export interface GradientGraph {
  readonly graph: Graph;
  /** For each differentiated output, the input that carries its cotangent. */
  readonly cotangents: ReadonlyMap<string, string>;
  /** For each value of `wrt`, the output with its cotangent. */
  readonly gradients: ReadonlyMap<string, string>;
}

/**
 * Extends a specialised graph by Σᵢ vᵢᵀ ∂yᵢ/∂x for all `outputs` yᵢ and each x of `wrt`; the cotangents
 * vᵢ become inputs. Its own result can be extended again, which differentiates the gradient.
 */
export function gradientGraph(
  graph: Graph,
  outputs: readonly string[],
  wrt: readonly string[],
  composite: Composite = plain,
): GradientGraph {
  const b = newBuilder(graph);
  const cotangents = new Map(
    outputs.map((output) => [output, b.input(b.fresh(`cotangent/${output}`), b.typeOf(output))]),
  );
  const [first, ...others] = cotangents;
  if (first === undefined) throw new LoupeError('internal', 'Nothing was given to differentiate.');
  const question =
    others.length === 0
      ? { of: first[0], cotangent: first[1], wrt, composite }
      : { of: weightedSum(b, cotangents), wrt, composite };
  // An Identity each: a gradient may be an input, a constant, or the same value twice.
  const results = backward(b, question).map((result) =>
    b.add('Identity', [result], {}, { name: 'gradient' }),
  );
  return {
    graph: b.build(results),
    cotangents,
    gradients: new Map(wrt.map((name, index) => [name, results[index] ?? ''])),
  };
}

/** Σᵢ ⟨vᵢ, yᵢ⟩, a scalar. */
function weightedSum(b: GraphBuilder, cotangents: ReadonlyMap<string, string>): string {
  const products = [...cotangents].map(([output, cotangent]) =>
    b.add('ReduceSum', [b.add('Mul', [output, cotangent])], { keepdims: int(0) }),
  );
  return products.reduce((sum, product) => b.add('Add', [sum, product]));
}
