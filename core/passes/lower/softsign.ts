import { arithmetic } from '../../ops/shared/arithmetic.ts';
import type { Lowering } from './define.ts';

/** x/(1 + |x|): WebGPU has no Softsign. */
export const softsign: Lowering = {
  opType: 'Softsign',
  domain: '',
  webgpu: ({ inputs: [x = ''] }, b) => {
    const { add, apply, div } = arithmetic(b);
    return [div(x, add(apply('Abs', x), 1))];
  },
};
