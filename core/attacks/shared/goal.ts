import { LoupeError, expected } from '../../base/errors.ts';
import { formatShape } from '../../base/shape.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Network } from '../../model/network.ts';
import type { AttackDefinition } from '../define.ts';
import { requireLattice } from './lattice.ts';

/** What is to be attacked. */
export interface AttackGoal {
  /** [n, C, H, W] in [0, 1], multiples of 1/255 (pictures from files). */
  readonly images: Tensor;
  /** The right class of each image, or the one that it is to be taken for if `targeted`. */
  readonly classes: readonly number[];
  readonly targeted: boolean;
  /** A name of each image, from which its random numbers follow: the same name, the same numbers in any batch. */
  readonly purposes: readonly string[];
}

/** @throws LoupeError badArgument where the goal does not fit the network or the attack. */
export function checkGoal(network: Network, definition: AttackDefinition, goal: AttackGoal): void {
  const { images, classes, targeted, purposes } = goal;
  if (network.classes < 2) {
    throw new LoupeError('badArgument', 'An attack needs at least two classes; this network has one.');
  }
  if (targeted && !definition.targetable) {
    throw new LoupeError(
      'badArgument',
      `${definition.title} looks for the nearest other class and cannot be given a target. Leave the target out, or choose another attack.`,
    );
  }
  const [count = 0, ...shape] = images.dims;
  const wanted = network.graph.types.get(network.image)?.shape.slice(1) ?? [];
  if (shape.join() !== wanted.join()) {
    throw refusal(`images of shape ${formatShape(['n', ...wanted])}`, 'an attack', formatShape(images.dims));
  }
  for (const [what, { length }] of Object.entries({ classes, purposes })) {
    if (length !== count) throw refusal(`${count} ${what}, one an image,`, 'an attack', String(length));
  }
  const strange = classes.find((index) => !Number.isInteger(index) || index < 0 || index >= network.classes);
  if (strange !== undefined) {
    throw refusal(`a class from 0 to ${network.classes - 1}`, 'an attack', String(strange));
  }
  requireLattice(images);
}

function refusal(wanted: string, what: string, received: string): LoupeError {
  return expected('badArgument', { wanted, for: what, received });
}
