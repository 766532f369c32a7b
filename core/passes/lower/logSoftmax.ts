import { normalizeAxis } from '../../base/shape.ts';
import { readInt } from '../../graph/attributes.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { sumOver } from '../../ops/shared/reduce.ts';
import type { Lowering } from './define.ts';

/** x − m − ln Σ e^(x−m) with the maximum m, so that nothing overflows: WebGPU has no LogSoftmax. */
export const logSoftmax: Lowering = {
  opType: 'LogSoftmax',
  domain: '',
  webgpu: (node, b) => {
    const [x = ''] = node.inputs;
    const { apply, sub } = arithmetic(b);
    const axes = [normalizeAxis(readInt(node, 'axis', -1), b.shapeOf(x).length)];
    const shifted = sub(x, b.add('ReduceMax', [x, b.axes(axes)]));
    return [sub(shifted, apply('Log', sumOver(b, apply('Exp', shifted), axes)))];
  },
};
