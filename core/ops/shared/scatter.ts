import { LoupeError } from '../../base/errors.ts';
import { type Shape, normalizeAxis, sizeOf } from '../../base/shape.ts';
import { type Tensor, numbersOf } from '../../base/tensor.ts';
import { readInt, readString } from '../../graph/attributes.ts';
import type { Node } from '../../graph/ir.ts';
import type { Vjp } from '../define.ts';
import { coordinatesOf, positionOf } from './elements.ts';
import { zerosOf } from './movement.ts';

/** How the scattering operators treat what was there; the other reductions (mul, min, max) have no rule. */
export function reductionOf(node: Node): 'none' | 'add' {
  const reduction = readString(node, 'reduction', 'none');
  if (reduction === 'none' || reduction === 'add') return reduction;
  throw new LoupeError(
    'noGradient',
    `${node.opType} "${node.name}" combines values by "${reduction}"; Loupe knows "none" and "add".`,
  );
}

/**
 * Scattering is linear: dupdates = ct picked at the same places, by the operator `pick`. dx = ct when updates
 * are added, and ct with zeros at those places when they replace x (the places must then differ, as the
 * specification demands).
 */
export function scatterVjp(pick: 'GatherElements' | 'GatherND'): Vjp {
  return ({ b, ct, node, input, needs, shapeOf }) => {
    const { axis } = node.attributes;
    const replaced = (): string =>
      b.add(node.opType, [ct, input(1), zerosOf(b, shapeOf(input(2)))], node.attributes);
    const kept = reductionOf(node) === 'add' ? () => ct : replaced;
    return [
      needs(0) ? kept() : undefined,
      undefined,
      needs(2) ? b.add(pick, [ct, input(1)], axis === undefined ? {} : { axis }) : undefined,
    ];
  };
}

/** Row-major positions in a tensor of shape `dims` that Gather- or ScatterElements names by `indices`. */
export function elementPositions(node: Node, dims: Shape, indices: Tensor): number[] {
  const axis = normalizeAxis(readInt(node, 'axis', 0), dims.length);
  const length = dims[axis] ?? 0;
  const picks = numbersOf(indices);
  return coordinatesOf(indices.dims).map((place, at) => {
    const pick = picks[at] ?? 0;
    return positionOf(dims, place.with(axis, pick < 0 ? pick + length : pick));
  });
}

/** Row-major positions of the elements of the blocks that Gather- or ScatterND names by index vectors. */
export function blockPositions(dims: Shape, indices: Tensor, batch: number): number[] {
  const outer = indices.dims.slice(0, -1);
  const depth = indices.dims.at(-1) ?? 0;
  const block = dims.slice(batch + depth);
  const picks = numbersOf(indices);
  return coordinatesOf(outer).flatMap((place, at) => {
    const vector = picks.slice(at * depth, (at + 1) * depth);
    const full = [...place.slice(0, batch), ...vector].map((pick, axis) =>
      pick < 0 ? pick + (dims[axis] ?? 0) : pick,
    );
    const first = positionOf(dims, full);
    return Array.from({ length: sizeOf(block) }, (_, offset) => first + offset);
  });
}
