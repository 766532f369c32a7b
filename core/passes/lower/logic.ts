import type { GraphBuilder } from '../../graph/builder.ts';
import type { Lowering } from './define.ts';

/** a ∨ b = ¬(¬a ∧ ¬b): WebGPU has And and Not only. */
function disjunction(b: GraphBuilder, left: string, right: string): string {
  const neither = b.add('And', [b.add('Not', [left]), b.add('Not', [right])]);
  return b.add('Not', [neither]);
}

export const or: Lowering = {
  opType: 'Or',
  domain: '',
  webgpu: ({ inputs: [left = '', right = ''] }, b) => [disjunction(b, left, right)],
};

/** a ⊕ b = (a ∨ b) ∧ ¬(a ∧ b). */
export const xor: Lowering = {
  opType: 'Xor',
  domain: '',
  webgpu: ({ inputs: [left = '', right = ''] }, b) => {
    const both = b.add('And', [left, right]);
    return [b.add('And', [disjunction(b, left, right), b.add('Not', [both])])];
  },
};
