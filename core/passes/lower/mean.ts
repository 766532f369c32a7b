import { arithmetic } from '../../ops/shared/arithmetic.ts';
import type { Lowering } from './define.ts';

/** A chain of Add, divided: WebGPU has no Mean. */
export const mean: Lowering = {
  opType: 'Mean',
  domain: '',
  webgpu: ({ inputs }, b) => {
    const { add, mul } = arithmetic(b);
    return [
      mul(
        inputs.reduce((left, right) => add(left, right)),
        1 / inputs.length,
      ),
    ];
  },
};
