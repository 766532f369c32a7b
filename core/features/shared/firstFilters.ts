import { backward } from '../../autodiff/backward.ts';
import { LoupeError, expected } from '../../base/errors.ts';
import { formatShape, sizeOf } from '../../base/shape.ts';
import { float32, floatsOf } from '../../base/tensor.ts';
import { describeNode } from '../../graph/attributes.ts';
import type { Graph, Node } from '../../graph/ir.ts';
import type { MethodContext } from '../../method/context.ts';
import { networkOf } from '../../model/model.ts';
import { type ReceptiveField, type SpatialAxis, receptiveFields } from '../../model/receptiveField.ts';
import { trunkOf } from '../../model/trunk.ts';
import { newBuilder } from '../../ops/registry.ts';
import { prune } from '../../passes/prune.ts';
import { outputOf } from '../../runtime/program.ts';

/** The filters of a network's first convolution, on pixels. */
export interface FirstFilters {
  /** The convolution's output, before any activation. */
  readonly value: string;
  /** [filters, C, height, width]: what a pixel in [0, 1] adds to each filter's response, channels as in pictures (RGB or grey). */
  readonly shape: readonly [number, number, number, number];
  readonly values: Float32Array;
}

/** What may come before the first convolution: preprocessing, whose derivative is the same for every image. */
const affine = new Set([
  'Add',
  'BatchNormalization',
  'Concat',
  'Div',
  'Gather',
  'Identity',
  'Mul',
  'Pad',
  'Slice',
  'Split',
  'Sub',
  'Transpose',
]);

/**
 * The filters as they act on pixels: the derivative of one element of each filter's response by the image. It contains the
 * preprocessing (scaling, order of colours, axes) whether the card or the graph itself does it, and a batch norm behind the
 * convolution, which is folded into it.
 *
 * @throws LoupeError unsupportedOperator where the first convolution does not read the colours of the image.
 */
export async function firstFilters(context: MethodContext): Promise<FirstFilters> {
  const { graph, image } = networkOf(context.model);
  const node = firstConvolution(graph, image);
  const [value = ''] = node.outputs;
  const windowAlong = (axis: SpatialAxis): Window =>
    windowOf(receptiveFields(graph, image, axis).get(value), node);
  const [down, across] = [windowAlong('height'), windowAlong('width')];
  const filters = graph.types.get(value)?.shape[1] ?? 0;
  const size = { batch: filters, height: down.extent, width: across.extent };
  const trunk = trunkOf(context.model, [value], size);
  const gradient = 'filters';
  const program = await context.program(`firstLayerWeights/${value}`, () => {
    const b = newBuilder(trunk.graph);
    const shape = b.shapeOf(value);
    const cotangent = b.constant(float32(oneEach(shape, down.index, across.index), shape));
    const [slope = ''] = backward(b, { of: value, wrt: [trunk.image], cotangent });
    b.add('Identity', [slope], {}, { name: gradient });
    return prune(b.build([gradient], trunk.graph), [gradient]);
  });
  const dims = trunk.graph.types.get(trunk.image)?.shape ?? [];
  const zeros = float32(new Float32Array(sizeOf(dims)), dims);
  const slopes = outputOf(await program.run({ [trunk.image]: zeros }), gradient);
  const channels = dims[1] ?? 1;
  return {
    value,
    shape: [filters, channels, down.size, across.size],
    values: cropped(floatsOf(slopes), dims, down, across),
  };
}

function firstConvolution(graph: Graph, image: string): Node {
  const dependent = new Set([image]);
  for (const node of graph.nodes) {
    if (!node.inputs.some((name) => dependent.has(name))) continue;
    if (node.opType === 'Conv') return checkedFilters(graph, node);
    if (!affine.has(node.opType)) throw noPictures(`the ${describeNode(node)} comes first`);
    for (const output of node.outputs) dependent.add(output);
  }
  throw noPictures('there is no convolution');
}

/** A convolution of one or three channels: of others, or of pieces of the picture set side by side, no colours can be told. */
function checkedFilters(graph: Graph, node: Node): Node {
  const shape = graph.types.get(node.inputs[1] ?? '')?.shape ?? [];
  const channels = shape[1] ?? 0;
  if (shape.length === 4 && (channels === 1 || channels === 3)) return node;
  throw expected('unsupportedOperator', {
    wanted: 'filters of one input channel or three',
    for: `the first convolution, the ${describeNode(node)}`,
    received: `weights of shape ${formatShape(shape)}`,
    advice: 'Only those can be drawn as pictures.',
  });
}

const noPictures = (here: string): LoupeError =>
  new LoupeError(
    'unsupportedOperator',
    `The weights of the first layer can be drawn where a convolution reads the picture; here ${here}.`,
  );

/** A window that lies wholly inside a picture of the least extent. */
interface Window {
  /** Of the element that sees it. */
  readonly index: number;
  readonly first: number;
  readonly size: number;
  readonly extent: number;
}

function windowOf(field: ReceptiveField | undefined, node: Node): Window {
  if (field === undefined) {
    throw noPictures(`the picture is taken apart before the ${describeNode(node)}`);
  }
  const { size, start, stride } = field;
  const half = (size - 1) / 2;
  const index = Math.max(0, Math.ceil((half - start) / stride));
  const first = start + index * stride - half;
  return { index, first, size, extent: first + size };
}

/** 1 at the element of filter f of example f, [filters, filters, h, w]. */
function oneEach([filters = 0, , height = 1, width = 1]: readonly number[], row: number, column: number) {
  const values = new Float32Array(filters * filters * height * width);
  for (let filter = 0; filter < filters; filter++) {
    values[((filter * filters + filter) * height + row) * width + column] = 1;
  }
  return values;
}

/** The window of each plane of [N, C, H, W]. */
function cropped(values: Float32Array, dims: readonly number[], down: Window, across: Window): Float32Array {
  const [filters = 0, channels = 0, height = 0, width = 0] = dims;
  const result = new Float32Array(filters * channels * down.size * across.size);
  for (let row = 0; row < filters * channels * down.size; row++) {
    const plane = Math.floor(row / down.size);
    const from = (plane * height + down.first + (row % down.size)) * width + across.first;
    result.set(values.subarray(from, from + across.size), row * across.size);
  }
  return result;
}
