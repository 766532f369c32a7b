import type { Random } from '../../base/random.ts';
import { type Tensor, float32 } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Extent } from './photograph.ts';

/** How far the random transforms of each step go. */
export interface TransformRange {
  /** Side of the square of shifts before turning and scaling, in pixels: each is uniform in ± half of it. */
  readonly jitter: number;
  /** The same afterwards, in pixels of the canvas. */
  readonly lateJitter: number;
  /** Factors are uniform in 1 ± scale. */
  readonly scale: number;
  /** Angles are uniform in ± rotation, in degrees. */
  readonly rotation: number;
}

/**
 * Draws an affine map as the composition jitter → scale → rotate → jitter of pictures about their centres (Olah et al. 2017), with
 * uniform numbers where Lucid's are whole pixels, degrees and eleven factors. A point q of the canvas, measured from its centre, shows
 * the point R(q + t₂)/s + t₁ of the picture, measured from its centre.
 *
 * @returns [3, 2]: what q_x, q_y and 1 contribute to the x and y coordinate in the picture, in the unit of GridSample (half the picture's extent).
 */
export function drawAffine(random: Random, range: TransformRange, picture: Extent): Tensor {
  const within = (limit: number): number => (2 * random.uniform() - 1) * limit;
  const first = [within(range.jitter / 2), within(range.jitter / 2)];
  const factor = 1 + within(range.scale);
  const angle = (within(range.rotation) * Math.PI) / 180;
  const late = [within(range.lateJitter / 2), within(range.lateJitter / 2)];
  const [cosine, sine] = [Math.cos(angle) / factor, Math.sin(angle) / factor];
  const [firstX = 0, firstY = 0, lateX = 0, lateY = 0] = [...first, ...late];
  const shiftX = cosine * lateX - sine * lateY + firstX;
  const shiftY = sine * lateX + cosine * lateY + firstY;
  const [unitX, unitY] = [2 / picture.width, 2 / picture.height];
  return float32(
    [cosine * unitX, sine * unitY, -sine * unitX, cosine * unitY, shiftX * unitX, shiftY * unitY],
    [3, 2],
  );
}

/** What lies around a picture: its own mid-grey (Lucid). */
const surroundings = 0.5;

/**
 * Emits pictures [N, C, H, W] seen on a canvas [N, C, H′, W′] through the map `affine` [3, 2], grey around them: one bilinear sampling for
 * all transforms, the same for the whole batch, whose channels GridSample therefore takes as those of one picture. The
 * gradient's ScatterElements and the sampling itself take a third of the time of SqueezeNet's gradient, and less of any larger
 * network; gathering through precomputed indices was slower for single pictures and won a tenth for sixteen.
 */
export function emitTransform(b: GraphBuilder, pictures: string, affine: string, canvas: Extent): string {
  const [batch = 1, channels = 1, height = 1, width = 1] = b.shapeOf(pictures);
  const places = b.add('MatMul', [b.constant(canvasPoints(canvas), 'canvasPoints'), affine]);
  const grid = b.add('Reshape', [places, b.axes([1, canvas.height, canvas.width, 2])]);
  const centred = b.add('Sub', [pictures, b.scalar(surroundings)]);
  const together = b.add('Reshape', [centred, b.axes([1, batch * channels, height, width])]);
  const sampled = b.add('GridSample', [together, grid]);
  const apart = b.add('Reshape', [sampled, b.axes([batch, channels, canvas.height, canvas.width])]);
  return b.add('Add', [apart, b.scalar(surroundings)], {}, { name: 'transformed' });
}

/** (q_x, q_y, 1) of every pixel of the canvas, measured from its centre: [H′·W′, 3]. */
function canvasPoints({ height, width }: Extent): Tensor {
  const points = new Float32Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      points.set([x - (width - 1) / 2, y - (height - 1) / 2, 1], (y * width + x) * 3);
    }
  }
  return float32(points, [height * width, 3]);
}
