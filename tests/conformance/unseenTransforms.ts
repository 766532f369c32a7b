import { type Random, normals } from '../../core/base/random.ts';

/** A picture in planes: [channels, height, width] in [0, 1]. */
export interface Planes {
  readonly values: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Changes a picture in ways that no visualization is trained with: mirroring, shear, blur, brightness, contrast and noise, each small
 * enough that a person would see the same thing.
 */
export function unseenTransform(picture: Planes, random: Random): Planes {
  const within = (limit: number): number => (2 * random.uniform() - 1) * limit;
  const mirrored = random.uniform() < 0.5;
  const [shear, blur] = [within(0.1), random.uniform() * 0.5];
  const [brightness, contrast] = [within(0.1), 1 + within(0.2)];
  const moved = sheared(mirrored ? mirror(picture) : picture, shear);
  const { values } = blurred(moved, blur);
  const noise = normals(random, values.length, 0.03);
  const seen = values.map((value, at) =>
    Math.min(1, Math.max(0, 0.5 + (value - 0.5) * contrast + brightness + (noise[at] ?? 0))),
  );
  return { ...picture, values: seen };
}

function mapped(picture: Planes, valueAt: (plane: number, y: number, x: number) => number): Planes {
  const { channels, height, width } = picture;
  const values = Float32Array.from({ length: channels * height * width }, (_, at) =>
    valueAt(Math.floor(at / (height * width)), Math.floor(at / width) % height, at % width),
  );
  return { ...picture, values };
}

/** The value at a pixel; the border goes on outside. */
function pixel({ values, height, width }: Planes, plane: number, y: number, x: number): number {
  const row = Math.min(height - 1, Math.max(0, y));
  const column = Math.min(width - 1, Math.max(0, x));
  return values[(plane * height + row) * width + column] ?? 0;
}

const mirror = (picture: Planes): Planes =>
  mapped(picture, (plane, y, x) => pixel(picture, plane, y, picture.width - 1 - x));

/** Rows shifted in proportion to their distance from the middle, linearly interpolated. */
function sheared(picture: Planes, shear: number): Planes {
  return mapped(picture, (plane, y, x) => {
    const from = x + shear * (y - (picture.height - 1) / 2);
    const left = Math.floor(from);
    const share = from - left;
    return (1 - share) * pixel(picture, plane, y, left) + share * pixel(picture, plane, y, left + 1);
  });
}

/** The mean of a pixel and its eight neighbours, mixed in by a share. */
function blurred(picture: Planes, share: number): Planes {
  return mapped(picture, (plane, y, x) => {
    let sum = 0;
    for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) sum += pixel(picture, plane, y + dy, x + dx);
    return (1 - share) * pixel(picture, plane, y, x) + (share * sum) / 9;
  });
}
