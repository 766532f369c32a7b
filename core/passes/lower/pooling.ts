import { sizeOf } from '../../base/shape.ts';
import { float32 } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { type Node, int, loupeDomain } from '../../graph/ir.ts';
import { dataTypeOf } from '../../graph/onnx/storage.ts';
import { poolingAttributes, poolingOf } from '../../ops/shared/pooling.ts';
import { readAutoPad } from '../../ops/shared/windows.ts';
import type { Lowering } from './define.ts';

/** Pads are written out, so that every device means the same by SAME. */
function explicitPads(node: Node, b: GraphBuilder): readonly string[] | undefined {
  if (readAutoPad(node) === 'NOTSET') return undefined;
  const { pooling } = poolingOf(node, b.shapeOf(node.inputs[0] ?? ''));
  const { auto_pad: _, ...rest } = node.attributes;
  const attributes = { ...rest, ...poolingAttributes(pooling) };
  return b.addAll(node.opType, node.inputs, attributes, { name: node.name, outputs: node.outputs.length });
}

/** Places in a tensor up to this size are exact in float32. */
const exactPlaces = 2 ** 24;

/**
 * The WebGPU provider claims MaxPool with Indices and then refuses to run it: there the places are what
 * MaxPoolGather picks from a tensor of places.
 */
function withoutIndices(node: Node, b: GraphBuilder): readonly string[] | undefined {
  const explicit = explicitPads(node, b);
  if (explicit !== undefined) return explicit;
  const [x = ''] = node.inputs;
  const shape = b.shapeOf(x);
  const size = sizeOf(shape);
  const columnMajor = node.attributes['storage_order']?.value === 1;
  if ((node.outputs[1] ?? '') === '' || columnMajor || size > exactPlaces) return undefined;
  const attributes = poolingAttributes(poolingOf(node, shape).pooling);
  const y = b.add('MaxPool', [x], attributes, { name: node.name });
  const places = b.constant(
    float32(
      Float32Array.from({ length: size }, (_, place) => place),
      shape,
    ),
    'places',
  );
  const picked = b.add('MaxPoolGather', [x, y, places], attributes, { domain: loupeDomain });
  return [y, b.add('Cast', [picked], { to: int(dataTypeOf.int64) })];
}

export const pooling: readonly Lowering[] = [
  { opType: 'AveragePool', domain: '', cpu: explicitPads, webgpu: explicitPads },
  { opType: 'LpPool', domain: '', cpu: explicitPads, webgpu: explicitPads },
  { opType: 'MaxPool', domain: '', cpu: explicitPads, webgpu: withoutIndices },
];
