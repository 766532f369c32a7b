import type { GraphBuilder } from '../../graph/builder.ts';
import { type Node, int } from '../../graph/ir.ts';
import { type Convolution, convolutionAttributes, convolutionOf } from '../../ops/shared/convolution.ts';
import { reshaped, slicedAxis, zerosOf } from '../../ops/shared/movement.ts';
import { type Windows, readAutoPad, spatialOf } from '../../ops/shared/windows.ts';
import type { Lowering } from './define.ts';

/** Pads are written out, so that every device means the same by SAME (ONNX Runtime refuses it with dilations). */
function explicitPads(node: Node, b: GraphBuilder): readonly string[] | undefined {
  if (readAutoPad(node) === 'NOTSET') return undefined;
  return [b.add('Conv', node.inputs, convolutionAttributes(read(node, b)), { name: node.name })];
}

function read(node: Node, b: GraphBuilder): Convolution {
  const [x = '', w = ''] = node.inputs;
  return convolutionOf(node, b.shapeOf(x), b.shapeOf(w));
}

/**
 * The WebGPU provider silently miscomputes some kinds of Conv: 1x1 kernels, and kernels as large as the input,
 * with pads at the end only (it looks at the pads at the beginning alone); and depthwise ones with many outputs
 * a channel where the number of channels is a multiple of four (1, 2 and 4 outputs are known to be right).
 */
function withoutMiscomputed(node: Node, b: GraphBuilder): readonly string[] | undefined {
  const convolution = read(node, b);
  const [x = '', w = ''] = node.inputs;
  if (losesPads(convolution.windows, spatialOf(b.shapeOf(x)))) return [lengthenedFirst(node, b, convolution)];
  const channels = b.shapeOf(x)[1] ?? 1;
  const multiplier = (b.shapeOf(w)[0] ?? 1) / channels;
  const depthwise = convolution.group === channels && channels > 1;
  if (depthwise && multiplier > 1 && multiplier !== 2 && multiplier !== 4) {
    return [multiplierSplit(node, b, convolution, multiplier)];
  }
  return explicitPads(node, b);
}

function losesPads({ kernel, begins, ends }: Windows, sizes: readonly number[]): boolean {
  const asProduct = kernel.every((size) => size === 1) || kernel.join() === sizes.join();
  return asProduct && begins.every((begin) => begin === 0) && ends.some((end) => end > 0);
}

/** The pads as zeros concatenated to the input: ONNX Runtime would merge a Pad into the convolution again. */
function lengthenedFirst(node: Node, b: GraphBuilder, { group, windows }: Convolution): string {
  const [x = '', ...weights] = node.inputs;
  const longer = windows.ends.reduce((value, end, axis) => {
    if (end === 0) return value;
    const zeros = zerosOf(
      b,
      b.shapeOf(value).map((size, at) => (at === axis + 2 ? end : size)),
    );
    return b.add('Concat', [value, zeros], { axis: int(axis + 2) });
  }, x);
  const attributes = convolutionAttributes({
    group,
    windows: { ...windows, ends: windows.ends.map(() => 0) },
  });
  return b.add('Conv', [longer, ...weights], attributes, { name: node.name });
}

/** Output j of every channel by a depthwise convolution of its own, then the outputs of a channel side by side. */
function multiplierSplit(node: Node, b: GraphBuilder, convolution: Convolution, multiplier: number): string {
  const [x = '', w = '', bias = ''] = node.inputs;
  const channels = b.shapeOf(x)[1] ?? 1;
  const kernel = spatialOf(b.shapeOf(w));
  const byOutput = reshaped(b, w, [channels, multiplier, ...kernel]);
  const parts = Array.from({ length: multiplier }, (_, index) => {
    const weights = slicedAxis(b, byOutput, 1, index, index + 1);
    const part = b.add('Conv', [x, weights], convolutionAttributes(convolution), { name: node.name });
    const [batch = 1, , ...sizes] = b.shapeOf(part);
    return reshaped(b, part, [batch, channels, 1, ...sizes]);
  });
  const joined = b.add('Concat', parts, { axis: int(2) });
  const [batch = 1, , , ...sizes] = b.shapeOf(joined);
  const y = reshaped(b, joined, [batch, channels * multiplier, ...sizes]);
  if (bias === '') return y;
  return b.add('Add', [y, reshaped(b, bias, [channels * multiplier, ...sizes.map(() => 1)])]);
}

export const conv: Lowering = { opType: 'Conv', domain: '', cpu: explicitPads, webgpu: withoutMiscomputed };
