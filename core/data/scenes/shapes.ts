import { cosineOfTurns, sineOfTurns } from './arithmetic.ts';

/** Whether the point (x, y) of the plane lies inside; every shape lies in the disc of radius 1 about the origin. */
export type Inside = (x: number, y: number) => boolean;

/** Corner coordinates x0, y0, x1, y1 … */
type Corners = readonly number[];

/** `radii` in turn, at equal angles from the top. */
const corners = (count: number, radii: readonly number[]): Corners =>
  Array.from({ length: count }, (_, corner) => {
    const radius = radii[corner % radii.length] ?? 1;
    return [radius * sineOfTurns(corner / count), -radius * cosineOfTurns(corner / count)];
  }).flat();

/**
 * The even-odd rule: a ray to the right crosses the outline an odd number of times. The disc of radius `inner` lies in the polygon and
 * needs no counting.
 */
function polygon(points: Corners, inner: number): Inside {
  const coordinates = Float64Array.from(points);
  const { length } = coordinates;
  return (x, y) => {
    if (x * x + y * y < inner * inner) return true;
    let inside = false;
    let [beforeX, beforeY] = [coordinates[length - 2] ?? 0, coordinates[length - 1] ?? 0];
    for (let at = 0; at < length; at += 2) {
      const [cornerX, cornerY] = [coordinates[at] ?? 0, coordinates[at + 1] ?? 0];
      if (cornerY > y !== beforeY > y) {
        const crossing = cornerX + ((y - cornerY) * (beforeX - cornerX)) / (beforeY - cornerY);
        if (x < crossing) inside = !inside;
      }
      beforeX = cornerX;
      beforeY = cornerY;
    }
    return inside;
  };
}

const within =
  (radius: number, left = 0): Inside =>
  (x, y) =>
    (x - left) * (x - left) + y * y <= radius * radius;

const disc = within(0.88);

const square: Inside = (x, y) => Math.abs(x) <= 0.7 && Math.abs(y) <= 0.7;

const cross: Inside = (x, y) => {
  const [across, along] = [Math.abs(x), Math.abs(y)];
  return Math.min(across, along) <= 0.3 && Math.max(across, along) <= 0.95;
};

const ring: Inside = (x, y) => within(0.95)(x, y) && !within(0.45)(x, y);

/** (x² + y² − 1)³ ≤ x² y³, brought into the unit disc, the tip below. */
const heart: Inside = (x, y) => {
  const [u, v] = [x * 1.25, 0.25 - y * 1.25];
  const outer = u * u + v * v - 1;
  return outer * outer * outer <= u * u * v * v * v;
};

const crescent: Inside = (x, y) => within(0.98)(x, y) && !within(0.72, 0.42)(x, y);

/** In the order in which sets with few shapes use them. */
const table: readonly (readonly [name: string, inside: Inside])[] = [
  ['disc', disc],
  ['square', square],
  ['triangle', polygon(corners(3, [1]), 0.49)],
  ['star', polygon(corners(10, [1, 0.46]), 0.41)],
  ['cross', cross],
  ['ring', ring],
  ['heart', heart],
  ['crescent', crescent],
];

export const shapeNames: readonly string[] = table.map(([name]) => name);

export const shapeOf = (index: number): Inside => table[index]?.[1] ?? disc;
