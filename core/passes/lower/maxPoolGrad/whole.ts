import { sizeOf } from '../../../base/shape.ts';
import { float32 } from '../../../base/tensor.ts';
import type { GraphBuilder } from '../../../graph/builder.ts';
import { int } from '../../../graph/ir.ts';
import { reshaped } from '../../../ops/shared/movement.ts';
import type { MaximaFormulation, MaximaProblem } from './problem.ts';

/**
 * One window over all P positions of a channel: among the maxima, the one of the highest rank P − position is
 * the first. Ranks differ, so exactly one position is chosen.
 */
function firstMaximum(b: GraphBuilder, { x, y }: MaximaProblem): string {
  const [batch = 1, channels = 1, ...sizes] = b.shapeOf(x);
  const positions = sizeOf(sizes);
  const ranks = b.constant(
    float32(Float32Array.from({ length: positions }, (_, at) => positions - at)),
    'ranks',
  );
  const flat = reshaped(b, x, [batch, channels, positions]);
  const maxima = b.add('Equal', [flat, reshaped(b, y, [batch, channels, 1])]);
  const candidates = b.add('Where', [maxima, ranks, b.scalar(0)]);
  const best = b.add('ReduceMax', [candidates, b.axes([2])], { keepdims: int(1) });
  return b.add('Equal', [candidates, best]);
}

export const scatterOverWhole: MaximaFormulation = (b, problem) => {
  const shape = b.shapeOf(problem.x);
  const ct = reshaped(b, problem.value, [shape[0] ?? 1, shape[1] ?? 1, 1]);
  return reshaped(b, b.add('Where', [firstMaximum(b, problem), ct, b.scalar(0)]), shape);
};

export const gatherOverWhole: MaximaFormulation = (b, problem) => {
  const shape = b.shapeOf(problem.x);
  const value = reshaped(b, problem.value, [shape[0] ?? 1, shape[1] ?? 1, sizeOf(problem.sizes)]);
  const picked = b.add('Where', [firstMaximum(b, problem), value, b.scalar(0)]);
  const sum = b.add('ReduceSum', [picked, b.axes([2])], { keepdims: int(1) });
  return reshaped(b, sum, b.shapeOf(problem.y));
};
