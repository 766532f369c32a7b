import { readFloat } from '../../graph/attributes.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import type { Lowering } from './define.ts';

/** α·Elu(x/α): WebGPU has no Celu. */
export const celu: Lowering = {
  opType: 'Celu',
  domain: '',
  webgpu: (node, b) => {
    const [x = ''] = node.inputs;
    const { apply, mul } = arithmetic(b);
    const alpha = readFloat(node, 'alpha', 1);
    return [mul(apply('Elu', mul(x, 1 / alpha)), alpha)];
  },
};
