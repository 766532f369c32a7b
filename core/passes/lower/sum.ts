import { arithmetic } from '../../ops/shared/arithmetic.ts';
import type { Lowering } from './define.ts';

/** A chain of Add: WebGPU has no Sum. */
export const sum: Lowering = {
  opType: 'Sum',
  domain: '',
  webgpu: ({ inputs }, b) => [inputs.reduce((left, right) => arithmetic(b).add(left, right))],
};
