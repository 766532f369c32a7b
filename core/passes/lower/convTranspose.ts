import { readInts } from '../../graph/attributes.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Node } from '../../graph/ir.ts';
import { transposedConvolutionOf } from '../../ops/shared/convolution.ts';
import { reshaped, slicedAxis } from '../../ops/shared/movement.ts';
import { readAutoPad } from '../../ops/shared/windows.ts';
import { asTransposed } from './convInputGrad/transposed.ts';
import type { Lowering } from './define.ts';

/**
 * Pads are written out where `auto_pad` or `output_shape` decides them, and where there is more output padding
 * than ONNX Runtime takes (a stride).
 */
function explicitPads(node: Node, b: GraphBuilder): readonly string[] | undefined {
  const [x = '', w = '', bias = ''] = node.inputs;
  const { convolution, shape } = transposedConvolutionOf(node, b.shapeOf(x), b.shapeOf(w));
  const extra = readInts(node, 'output_padding', []);
  const usual = extra.every((amount, axis) => amount < (convolution.windows.strides[axis] ?? 1));
  const explicit = readAutoPad(node) === 'NOTSET' && node.attributes['output_shape'] === undefined;
  if (usual && explicit) return undefined;
  const y = asTransposed(b, { ct: x, w, convolution, shape, name: node.name });
  return [bias === '' ? y : addBias(b, y, bias)];
}

function addBias(b: GraphBuilder, y: string, bias: string): string {
  const [, channels = 1, ...sizes] = b.shapeOf(y);
  return b.add('Add', [y, reshaped(b, bias, [channels, ...sizes.map(() => 1)])]);
}

/**
 * The WebGPU provider silently miscomputes groups of several input channels and one output channel: there,
 * input channel j of every group goes through a depthwise convolution of its own, and the results are added.
 */
function withoutMiscomputed(node: Node, b: GraphBuilder): readonly string[] | undefined {
  const [x = '', w = '', bias = ''] = node.inputs;
  const { convolution } = transposedConvolutionOf(node, b.shapeOf(x), b.shapeOf(w));
  const { group } = convolution;
  const [inputs = 1, perGroup = 1, ...kernel] = b.shapeOf(w);
  const count = inputs / group;
  const plain = group === 1 || count === 1 || perGroup > 1;
  const explicit = explicitPads(node, b);
  if (plain || explicit !== undefined) return explicit;
  const sources = splitGroups(b, x, group, 1);
  const weights = splitGroups(b, w, group, 0);
  const parts = Array.from({ length: count }, (__, index) => {
    const pick = (value: string, axis: number, shape: readonly number[]): string =>
      reshaped(b, slicedAxis(b, value, axis, index, index + 1), shape);
    const [batch = 1, , ...sizes] = b.shapeOf(x);
    const source = pick(sources, 2, [batch, group, ...sizes]);
    const weight = pick(weights, 1, [group, 1, ...kernel]);
    return b.add('ConvTranspose', [source, weight], node.attributes, { name: node.name });
  });
  const sum = parts.reduce((left, right) => b.add('Add', [left, right]));
  return [bias === '' ? sum : addBias(b, sum, bias)];
}

/** Splits an axis of channels into [group, channels/group]. */
function splitGroups(b: GraphBuilder, value: string, group: number, axis: number): string {
  const shape = b.shapeOf(value);
  return reshaped(b, value, [
    ...shape.slice(0, axis),
    group,
    (shape[axis] ?? 1) / group,
    ...shape.slice(axis + 1),
  ]);
}

export const convTranspose: Lowering = {
  opType: 'ConvTranspose',
  domain: '',
  cpu: explicitPads,
  webgpu: withoutMiscomputed,
};
