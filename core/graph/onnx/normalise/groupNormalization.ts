import { LoupeError } from '../../../base/errors.ts';
import { int64 } from '../../../base/tensor.ts';
import { describeNode, readInt } from '../../attributes.ts';
import { int } from '../../ir.ts';
import type { Normalisation } from './define.ts';

/**
 * Opset 18 has one scale and bias a group, opset 21 one a channel. With G groups of the C channels, [G] is
 * repeated as Reshape [G, 1] → Expand [G, C / G] → Reshape [C]; C is read from the input's shape.
 */
export const groupNormalization: Normalisation = {
  opTypes: ['GroupNormalization'],
  from: 18,
  before: 21,
  rewrite: (node, r) => {
    const [x = '', scale = '', bias = ''] = node.inputs;
    const count = readInt(node, 'num_groups');
    if (count < 1) throw new LoupeError('badGraph', `the ${describeNode(node)} has ${count} groups.`);
    const groups = r.constant(int64([count]));
    const column = r.constant(int64([-1, 1]));
    const flat = r.constant(int64([-1]));
    const channels = r.emit('Shape', [x], { start: int(1), end: int(2) });
    const repeated = r.emit('Concat', [groups, r.emit('Div', [channels, groups])], { axis: int(0) });
    const perChannel = (name: string): string =>
      r.emit('Reshape', [r.emit('Expand', [r.emit('Reshape', [name, column]), repeated]), flat]);
    return { ...node, inputs: [x, perChannel(scale), perChannel(bias)] };
  },
};
