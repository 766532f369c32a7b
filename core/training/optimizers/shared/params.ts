import { numberIn } from '../../../method/params.ts';

export const weightDecay = (initial: number) =>
  numberIn([0, 10], initial, { title: 'Weight decay', description: 'λ, pull of the parameters to 0' });

/** Decay of an average over the past: weight of what was. */
export const averageDecay = (initial: number, title: string) =>
  numberIn([0, 0.999999], initial, { title, description: 'weight of the past in the average' });

export const stabilizer = () =>
  numberIn([1e-16, 1], 1e-8, { title: 'Stabilizer', description: 'ε, added to the root mean square' });
