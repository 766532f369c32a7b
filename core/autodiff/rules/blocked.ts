import type { BackwardRule } from '../composite.ts';

/** ct_in = 0: the output counts as a constant (stop-gradient, detach). */
export const blocked: BackwardRule = {
  id: 'blocked',
  title: 'Blocked gradient',
  citation: 'Chen and He 2021, sec. 3 (stop-gradient)',
  vjp: () => [],
};
