import type { GraphBuilder } from '../../graph/builder.ts';
import { int } from '../../graph/ir.ts';
import { slicedAxis } from '../../ops/shared/movement.ts';

/** Emits a number a picture, [N], of pictures [N, C, H, W]. */
type Regularizer = (b: GraphBuilder, pictures: string) => string;

const meanOf = (b: GraphBuilder, value: string): string =>
  b.add('ReduceMean', [value, b.axes([1, 2, 3])], { keepdims: int(0) });

const fromGrey = (b: GraphBuilder, pictures: string): string => b.add('Sub', [pictures, b.scalar(0.5)]);

/** Mean absolute difference of neighbours along one axis. */
function variation(b: GraphBuilder, pictures: string, axis: number): string {
  const length = b.shapeOf(pictures)[axis] ?? 1;
  const after = slicedAxis(b, pictures, axis, 1, length);
  const before = slicedAxis(b, pictures, axis, 0, length - 1);
  return meanOf(b, b.add('Abs', [b.add('Sub', [after, before])]));
}

/** What makes a picture unlike photographs, as penalties that do not depend on its size. */
export const regularizers: Readonly<Record<'totalVariation' | 'l1' | 'l2', Regularizer>> = {
  /** Anisotropic total variation, a pixel. */
  totalVariation: (b, pictures) =>
    b.add('Add', [variation(b, pictures, 2), variation(b, pictures, 3)], {}, { name: 'totalVariation' }),
  /** Mean distance from mid-grey. */
  l1: (b, pictures) => meanOf(b, b.add('Abs', [fromGrey(b, pictures)])),
  /** Root mean square distance from mid-grey; the root is kept from zero, where it has no slope. */
  l2: (b, pictures) => {
    const distance = fromGrey(b, pictures);
    const square = meanOf(b, b.add('Mul', [distance, distance]));
    return b.add('Sqrt', [b.add('Add', [square, b.scalar(1e-12)])]);
  },
};

export type RegularizerName = keyof typeof regularizers;
