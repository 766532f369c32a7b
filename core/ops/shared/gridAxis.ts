import { float32 } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { arithmetic } from './arithmetic.ts';

/** Linear sampling along one axis of an image: both neighbours of each point. Values are named, of shape [N, 1, P]. */
export interface AxisSample {
  /** Place of each neighbour in 0 … length − 1, as float. */
  readonly index: readonly [string, string];
  readonly weight: readonly [string, string];
  /** 1 where the neighbour is in the image, else 0; undefined where padding makes every neighbour count. */
  readonly inside: readonly [string, string] | readonly [undefined, undefined];
  /** The derivative of the pixel coordinate by the grid coordinate. */
  readonly slope: number;
}

export interface GridPadding {
  readonly padding: string;
  readonly alignCorners: boolean;
}

/**
 * The pixel coordinate u = g·slope + (length − 1)/2 of a grid coordinate g: −1 and 1 are the centres of the end
 * pixels when corners are aligned (slope (length − 1)/2), else their outer edges (slope length/2).
 */
export function axisSample(b: GraphBuilder, grid: string, length: number, how: GridPadding): AxisSample {
  const { add, apply, equal, mul, sub, where } = arithmetic(b);
  const slope = (how.alignCorners ? length - 1 : length) / 2;
  const place = add(mul(grid, slope), (length - 1) / 2);
  const first = apply('Floor', place);
  const second = add(first, 1);
  const index = (neighbour: string): string =>
    clipped(b, how.padding === 'reflection' ? reflected(b, neighbour, length, how) : neighbour, length);
  const indices = [index(first), index(second)] as const;
  const inside = (at: 0 | 1, neighbour: string): string => where(equal(indices[at], neighbour), 1, 0);
  const fraction = sub(place, first);
  return {
    index: indices,
    weight: [sub(1, fraction), fraction],
    inside: how.padding === 'zeros' ? [inside(0, first), inside(1, second)] : [undefined, undefined],
    slope,
  };
}

function clipped(b: GraphBuilder, place: string, length: number): string {
  const scalar = (value: number): string => b.constant(float32([value], []));
  return b.add('Clip', [place, scalar(0), scalar(length - 1)]);
}

/**
 * Reflects whole places at the ends of the image: at the end pixels' centres when corners are aligned, else at
 * their outer edges. A triangle wave of period 2r from the low end: low + r − |m − r|, m = (u − low) mod 2r.
 */
function reflected(b: GraphBuilder, place: string, length: number, { alignCorners }: GridPadding): string {
  const { add, apply, div, mul, sub } = arithmetic(b);
  const [low, range] = alignCorners ? [0, length - 1] : [-0.5, length];
  if (range === 0) return place;
  const from = sub(place, low);
  const rest = sub(from, mul(apply('Floor', div(from, 2 * range)), 2 * range));
  return add(sub(range, apply('Abs', sub(rest, range))), low);
}
