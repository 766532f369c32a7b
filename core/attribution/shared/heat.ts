import type { GraphBuilder } from '../../graph/builder.ts';
import { int, string } from '../../graph/ir.ts';
import type { EmittedAttribution } from '../define.ts';

export type Reduction = 'signed' | 'abs';

/** An input-shaped attribution [N, C, H, W] with its map over channels [N, 1, H, W]. */
export function inputShaped(b: GraphBuilder, attribution: string, reduction: Reduction): EmittedAttribution {
  const over = [b.axes([1])];
  const keepdims = { keepdims: int(1) };
  const heat =
    reduction === 'signed'
      ? b.add('ReduceSum', [attribution, ...over], keepdims)
      : b.add('ReduceMax', [b.add('Abs', [attribution]), ...over], keepdims);
  return { attribution, heat, signed: reduction === 'signed' };
}

/** A map [N, 1, h, w] brought to the size of `image` by half-pixel-correct bilinear interpolation. */
export function upsampled(b: GraphBuilder, map: string, image: string): string {
  const size = b.shapeOf(image).slice(2);
  const sizes = b.axes([...b.shapeOf(map).slice(0, 2), ...size]);
  return b.add('Resize', [map, '', '', sizes], {
    mode: string('linear'),
    coordinate_transformation_mode: string('half_pixel'),
  });
}
