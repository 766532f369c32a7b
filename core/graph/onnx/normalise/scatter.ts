import type { Normalisation } from './define.ts';

/** Renamed in opset 11. */
export const scatter: Normalisation = {
  opTypes: ['Scatter'],
  rewrite: (node) => ({ ...node, opType: 'ScatterElements' }),
};
