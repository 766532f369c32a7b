import type { DataSet } from '../../data/dataSet.ts';
import { checkedDataSet } from '../../data/sets/shared/checkedDataSet.ts';
import { randomOf } from '../../data/seeds.ts';
import type { Random } from '../../base/random.ts';

type Stroke = readonly [fromX: number, fromY: number, toX: number, toY: number];

/** Letters of straight strokes in the square from −1 to 1, y upwards; none is another one turned a little. */
const letters: Readonly<Record<string, readonly Stroke[]>> = {
  L: [
    [-0.6, 1, -0.6, -1],
    [-0.6, -1, 0.6, -1],
  ],
  T: [
    [-0.8, 1, 0.8, 1],
    [0, 1, 0, -1],
  ],
  V: [
    [-0.8, 1, 0, -1],
    [0, -1, 0.8, 1],
  ],
  X: [
    [-0.7, 1, 0.7, -1],
    [-0.7, -1, 0.7, 1],
  ],
  F: [
    [-0.6, 1, -0.6, -1],
    [-0.6, 1, 0.7, 1],
    [-0.6, 0, 0.4, 0],
  ],
  H: [
    [-0.7, 1, -0.7, -1],
    [0.7, 1, 0.7, -1],
    [-0.7, 0, 0.7, 0],
  ],
};

/** Side of a picture, and half the height of an untouched letter, in pixels. */
const [side, half] = [16, 4.5];

/**
 * Handwriting of a kind, [1, 16, 16]: letters shifted by up to 2 pixels, turned by up to 20°, scaled by up to a fifth, on a noisy ground.
 * Parts of other numbers share no picture.
 */
export function letterPictures(seed: number, length: number, part: number): DataSet {
  const classes = Object.keys(letters);
  const strokes = Object.values(letters);
  const labels = Int32Array.from({ length }, (_, n) => n % classes.length);
  const images = new Uint8Array(length * side * side);
  labels.forEach((label, n) => {
    images.set(drawn(strokes[label] ?? [], randomOf(seed, 6, part, n)), n * side * side);
  });
  return checkedDataSet({ name: 'letters', classes, shape: [1, side, side], images, labels });
}

function drawn(strokes: readonly Stroke[], random: Random): Uint8Array {
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  const [shiftX, shiftY] = [between(-2, 2), between(-2, 2)];
  const angle = between(-20, 20) * (Math.PI / 180);
  const scale = half * between(0.8, 1.2);
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  return Uint8Array.from({ length: side * side }, (_, at) => {
    const dx = (at % side) - (side - 1) / 2 - shiftX;
    const dy = (side - 1) / 2 - Math.floor(at / side) - shiftY;
    const [x, y] = [cos * dx + sin * dy, cos * dy - sin * dx];
    const distance = scale * Math.min(...strokes.map((stroke) => distanceTo(stroke, x, y)));
    const ink = Math.min(1, Math.max(0, 1.3 - distance));
    return 255 * Math.min(1, Math.max(0, 0.1 + 0.8 * ink + 0.1 * random.normal()));
  });
}

function distanceTo([ax, ay, bx, by]: Stroke, x: number, y: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}
