import type { Lowering } from './define.ts';

/** Only NaN differs from itself. WebGPU has no IsNaN. */
export const isNan: Lowering = {
  opType: 'IsNaN',
  domain: '',
  webgpu: ({ inputs: [x = ''] }, b) => [b.add('Not', [b.add('Equal', [x, x])])],
};
