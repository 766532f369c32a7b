import { readFloat } from '../../graph/attributes.ts';
import { float } from '../../graph/ir.ts';
import { seluDefaults } from '../../ops/shared/selu.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import type { Lowering } from './define.ts';

/** γ·Elu(x; α): WebGPU has no Selu. */
export const selu: Lowering = {
  opType: 'Selu',
  domain: '',
  webgpu: (node, b) => {
    const alpha = float(readFloat(node, 'alpha', seluDefaults.alpha));
    return [
      arithmetic(b).mul(b.add('Elu', node.inputs, { alpha }), readFloat(node, 'gamma', seluDefaults.gamma)),
    ];
  },
};
