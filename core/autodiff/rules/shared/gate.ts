import type { GraphBuilder } from '../../../graph/builder.ts';
import type { Node } from '../../../graph/ir.ts';

const moving = new Set([
  'Expand',
  'Flatten',
  'Identity',
  'Reshape',
  'Resize',
  'Slice',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
]);

const scaling = new Set(['Add', 'Sub', 'Mul', 'Div']);

/**
 * Which input of a product of two signals is the gate: the one that comes from a Sigmoid or HardSigmoid through
 * movement and constant factors. Exporters also write gates as Clip(x + 3, 0, 6)/6 (HardSwish), 1 + Erf (Gelu) and
 * Tanh(Softplus) (Mish), which count where the other side is no Sigmoid; a 0/1 mask counts before all.
 * Undefined where both sides, or neither, look like a gate.
 */
export function gateOf(b: GraphBuilder, { inputs: [left = '', right = ''] }: Node): 0 | 1 | undefined {
  const [first, second] = [likeness(b, left), likeness(b, right)];
  if (first === second) return undefined;
  return first > second ? 0 : 1;
}

/** How much a value looks like a gate; 0 for not at all. */
function likeness(b: GraphBuilder, value: string): number {
  for (let node = b.producerOf(value); node?.domain === ''; node = b.producerOf(sourceOf(b, node))) {
    if (node.opType === 'Cast' && b.typeOf(node.inputs[0] ?? '').type !== 'float32') return 3;
    if (node.opType === 'Sigmoid' || node.opType === 'HardSigmoid') return 2;
    if (isBounded(b, node)) return 1;
  }
  return 0;
}

/** The value that a node moves or scales by a constant; '' for any other node. */
function sourceOf(b: GraphBuilder, { opType, inputs }: Node): string {
  if (moving.has(opType)) return inputs[0] ?? '';
  if (!scaling.has(opType)) return '';
  const signals = inputs.filter((name) => b.constantOf(name) === undefined);
  return signals.length === 1 ? (signals[0] ?? '') : '';
}

function isBounded(b: GraphBuilder, { opType, inputs: [x = '', least = '', most = ''] }: Node): boolean {
  if (opType === 'Clip') return b.constantOf(least)?.data[0] === 0 && b.constantOf(most) !== undefined;
  return opType === 'Erf' || (opType === 'Tanh' && b.producerOf(x)?.opType === 'Softplus');
}
