import { LoupeError } from '../base/errors.ts';
import { readInts } from '../graph/attributes.ts';
import { type Node, ints } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { rearranged } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';
import { permuted } from './shared/movement.ts';

/** Axis k of y is axis perm[k] of x (reversed order unless given); dx = ct transposed back. */
export const transpose = defineOperator({
  opType: 'Transpose',
  attributes: { perm: 'ints' },
  infer: ({ node, input }) => {
    const { type, shape } = input(0);
    return [{ type, shape: permOf(node, shape.length).map((axis) => shape[axis] ?? 1) }];
  },
  vjp: ({ b, ct, node, shapeOf }) => [permuted(b, ct, inverse(permOf(node, shapeOf(ct).length)))],
  evaluate: (inputs, node, [output]) => {
    const source = constantInput(inputs, 0);
    const back = inverse(permOf(node, source.dims.length));
    return [rearranged(source, output?.shape ?? [], (place) => back.map((axis) => place[axis] ?? 0))];
  },
  samples: [
    { title: 'a cycle of three axes', inputs: [{ dims: [2, 3, 4] }], attributes: { perm: ints([1, 2, 0]) } },
    { title: 'the default', inputs: [{ dims: [2, 3, 2, 2] }] },
  ],
});

function permOf(node: Node, rank: number): readonly number[] {
  const reversed = Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const perm = readInts(node, 'perm', reversed);
  if (perm.length === rank && reversed.every((axis) => perm.includes(axis))) return perm;
  throw new LoupeError('badGraph', `its perm ${perm.join()} is not an order of ${rank} axes.`);
}

const inverse = (perm: readonly number[]): number[] => perm.map((_, axis) => perm.indexOf(axis));
