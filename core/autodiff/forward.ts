import { sizeOf } from '../base/shape.ts';
import { float32 } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { backward } from './backward.ts';

/**
 * Forward-mode differentiation through the same rules: the tangent of `of` when `wrt` moves along
 * `tangent`. The vjp u ↦ Jᵀu is linear, so its own vjp at any u is v ↦ Jv (the "double vjp" trick).
 */
export function jvp(b: GraphBuilder, question: { of: string; wrt: string; tangent: string }): string {
  const shape = b.shapeOf(question.of);
  // The result does not depend on the point u, but u must be a value of its own: never a shared constant.
  const u = b.setConstant(b.fresh('jvp.point'), float32(new Float32Array(sizeOf(shape)).fill(1), shape));
  const [pulled] = backward(b, { of: question.of, cotangent: u, wrt: [question.wrt] });
  const [pushed] = backward(b, { of: pulled ?? u, cotangent: question.tangent, wrt: [u] });
  return pushed ?? u;
}
