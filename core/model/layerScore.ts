import { LoupeError, expected } from '../base/errors.ts';
import { formatShape } from '../base/shape.ts';
import { float32 } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { int } from '../graph/ir.ts';
import type { LayerTarget } from '../protocol/target.ts';
import { resolveLayer } from './layers.ts';
import type { Network } from './network.ts';

/** Emits the scalar of a unit, channel, layer or direction of each example: [N]. */
export function layerScore(b: GraphBuilder, network: Network, target: LayerTarget): string {
  return valueScore(b, resolveLayer(network, target.layer).value, target);
}

/** The same at a value A that is known already: [N, C, h, w], or [N, C] of a dense layer. */
export function valueScore(b: GraphBuilder, value: string, target: LayerTarget): string {
  const spatial = b.shapeOf(value).slice(2);
  const positions = spatial.map((_, axis) => axis + 2);
  const flat = { keepdims: int(0) };
  const meanOver = (x: string, axes: readonly number[]): string =>
    axes.length === 0 ? x : b.add('ReduceMean', [x, b.axes(axes)], flat);
  const channelOf = (channel: number): string => {
    const taken = b.add('Slice', [value, b.axes([channel]), b.axes([channel + 1]), b.axes([1])]);
    return b.add('Squeeze', [taken, b.axes([1])]);
  };
  checkInside(b, value, target);
  switch (target.kind) {
    case 'layer':
      return meanOver(b.add('Mul', [value, value]), [1, ...positions]);
    case 'channel':
      return meanOver(
        channelOf(target.channel),
        positions.map((axis) => axis - 1),
      );
    case 'unit': {
      if (spatial.length === 0) return channelOf(target.channel);
      const at = [target.channel, target.row, target.column];
      const ends = at.map((index) => index + 1);
      const unit = b.add('Slice', [value, b.axes(at), b.axes(ends), b.axes([1, 2, 3])]);
      return b.add('Reshape', [unit, b.axes([b.shapeOf(value)[0] ?? 1])]);
    }
    case 'direction': {
      const column = [1, target.vector.length, ...spatial.map(() => 1)];
      const product = b.add('Mul', [value, b.constant(float32(target.vector, column), 'direction')]);
      const dots = b.add('ReduceSum', [product, b.axes([1])], flat);
      return meanOver(
        dots,
        positions.map((axis) => axis - 1),
      );
    }
  }
}

/** Refuses channels and positions that the layer does not have. */
function checkInside(b: GraphBuilder, value: string, target: LayerTarget): void {
  const [, channels = 0, height = 1, width = 1] = b.shapeOf(value);
  const refuse = (what: string, wanted: string, received: number): LoupeError =>
    expected('badArgument', {
      wanted,
      for: `the ${what} of layer "${target.layer}" (${formatShape(b.shapeOf(value).slice(1))})`,
      received: String(received),
    });
  const inside = (what: string, index: number, length: number): void => {
    if (index >= length) throw refuse(what, `an index from 0 to ${length - 1}`, index);
  };
  if (target.kind === 'channel' || target.kind === 'unit') inside('channel', target.channel, channels);
  if (target.kind === 'unit') {
    inside('row', target.row, height);
    inside('column', target.column, width);
  }
  if (target.kind === 'direction' && target.vector.length !== channels)
    throw refuse('direction', `${channels} numbers, one a channel,`, target.vector.length);
}
