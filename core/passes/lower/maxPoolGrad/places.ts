import { sizeOf } from '../../../base/shape.ts';
import type { GraphBuilder } from '../../../graph/builder.ts';
import { int, string } from '../../../graph/ir.ts';
import { reshaped, zerosOf } from '../../../ops/shared/movement.ts';
import { poolingAttributes } from '../../../ops/shared/pooling.ts';
import { reach } from '../../../ops/shared/windows.ts';
import type { MaximaFormulation, MaximaProblem } from './problem.ts';

/**
 * By the places of the maxima, which a second MaxPool gives: flat positions in all of x, the first of equal
 * maxima. (The forward pass keeps its own MaxPool, which without places stays in the blocked layout.)
 */
export const scatterAtPlaces: MaximaFormulation = (b, problem) => {
  const { value, name } = problem;
  const shape = b.shapeOf(problem.x);
  const flat = [sizeOf(b.shapeOf(value))];
  const places = reshaped(b, placesOf(b, problem), flat);
  const inputs = [zerosOf(b, [sizeOf(shape)]), places, reshaped(b, value, flat)];
  const attributes = { axis: int(0), reduction: string(overlaps(problem) ? 'add' : 'none') };
  return reshaped(b, b.add('ScatterElements', inputs, attributes, { name }), shape);
};

export const gatherAtPlaces: MaximaFormulation = (b, problem) => {
  const flat = reshaped(b, problem.value, [sizeOf(b.shapeOf(problem.value))]);
  return b.add('Gather', [flat, placesOf(b, problem)], { axis: int(0) }, { name: problem.name });
};

function placesOf(b: GraphBuilder, { x, pooling, name }: MaximaProblem): string {
  const [, places = ''] = b.addAll('MaxPool', [x], poolingAttributes(pooling), {
    outputs: 2,
    name: `${name}/places`,
  });
  return places;
}

/** Whether a position may be the maximum of two windows. */
function overlaps({ pooling: { windows }, counts }: MaximaProblem): boolean {
  return counts.some((count, axis) => count > 1 && reach(windows, axis) > (windows.strides[axis] ?? 1));
}
