import { arithmetic } from '../../ops/shared/arithmetic.ts';
import type { Lowering } from './define.ts';

/** sign(x) by two comparisons: WebGPU has no Sign, and each fallback copies to the host and back. */
export const sign: Lowering = {
  opType: 'Sign',
  domain: '',
  webgpu: ({ inputs: [x = ''] }, b) => {
    if (b.typeOf(x).type !== 'float32') return undefined;
    const { greater, less, where } = arithmetic(b);
    return [where(greater(x, 0), 1, where(less(x, 0), -1, 0))];
  },
};
