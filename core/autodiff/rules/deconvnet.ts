import type { BackwardRule } from '../composite.ts';

/** R↓ = R↑ · 1[R↑ > 0]: the backward signal is rectified, whatever the unit did going forward. */
export const deconvnet: BackwardRule = {
  id: 'deconvnet',
  title: 'Deconvolutional network',
  citation: 'Zeiler and Fergus 2014, sec. 2.1',
  vjp: ({ b, ct }) => [b.add('Relu', [ct])],
};
