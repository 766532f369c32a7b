import { arithmetic } from '../../ops/shared/arithmetic.ts';
import type { Lowering } from './define.ts';

/** 1.5·2²³: where it is added to |x| < 2²², float32 keeps no fraction, and rounds halves to even. */
const shift = 12_582_912;

/** Round for WebGPU, which has none: x + c − c; a number of 2²² or more has half a unit at most and keeps its value. */
export const round: Lowering = {
  opType: 'Round',
  domain: '',
  webgpu: ({ inputs: [x = ''] }, b) => {
    const { add, apply, less, sub, where } = arithmetic(b);
    return [where(less(apply('Abs', x), 2 ** 22), sub(add(x, shift), shift), x)];
  },
};
