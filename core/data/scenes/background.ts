import type { Random } from '../../base/random.ts';
import { type Canvas, type Layer, paint } from './canvas.ts';
import { type Colour, colourAwayFrom } from './colours.ts';
import { cosineOfTurns, sineOfTurns, square } from './arithmetic.ts';

/** [size, size] in [0, 1]: random values on a grid of `cells`, smoothly interpolated (value noise). */
export function smoothNoise(random: Random, size: number, cells: number): Float32Array {
  const stride = cells + 1;
  const grid = Float32Array.from({ length: stride * stride }, () => random.uniform());
  const result = new Float32Array(size * size);
  const steps = Array.from({ length: size }, (_, at) => {
    const position = ((at + 0.5) * cells) / size;
    const cell = Math.floor(position);
    const part = position - cell;
    return { cell, weight: part * part * (3 - 2 * part) };
  });
  steps.forEach(({ cell: row, weight: down }, y) => {
    steps.forEach(({ cell: column, weight: across }, x) => {
      const at = row * stride + column;
      const above = mix(grid[at] ?? 0, grid[at + 1] ?? 0, across);
      const below = mix(grid[at + stride] ?? 0, grid[at + stride + 1] ?? 0, across);
      result[y * size + x] = mix(above, below, down);
    });
  });
  return result;
}

const mix = (a: number, b: number, weight: number): number => a + (b - a) * weight;

/** Fills the canvas with two colours mixed by a soft pattern, and paints clutter of no class; returns the two colours. */
export function paintBackground(canvas: Canvas, random: Random, clutter: number): [Colour, Colour] {
  const first = colourAwayFrom(random, [], 0);
  const second = colourAwayFrom(random, [first], 0.25);
  const field = softPattern(random, canvas.size);
  const plane = canvas.size * canvas.size;
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0; pixel < plane; pixel++) {
      canvas.planes[channel * plane + pixel] = mix(
        first[channel] ?? 0,
        second[channel] ?? 0,
        field[pixel] ?? 0,
      );
    }
  }
  for (let item = 0; item < clutter; item++) paint(canvas, clutterLayer(canvas.size, random));
  return [first, second];
}

/** Clouds, bands bent by clouds, or mottles: no edge is as sharp as those of the classes' textures. */
function softPattern(random: Random, size: number): Float32Array {
  const kind = random.integer(3);
  const coarse = smoothNoise(random, size, 3 + random.integer(3));
  const fine = smoothNoise(random, size, 9 + random.integer(10));
  const turn = random.uniform();
  const [cosine, sine] = [cosineOfTurns(turn), sineOfTurns(turn)];
  const bands = 2 + 3 * random.uniform();
  return coarse.map((cloud, pixel) => {
    const grain = fine[pixel] ?? 0;
    if (kind === 0) return 0.65 * cloud + 0.35 * grain;
    if (kind === 2) return 0.25 * cloud + 0.75 * Math.max(0, Math.min(1, 4 * grain - 1.5));
    const [x, y] = [pixel % size, Math.floor(pixel / size)];
    const along = (x * cosine + y * sine) / size;
    return 0.4 + 0.35 * sineOfTurns(bands * along + 1.5 * cloud) + 0.25 * grain;
  });
}

/** A line, an arc or a blot, half transparent. */
function clutterLayer(size: number, random: Random): Layer {
  const turn = random.uniform();
  const [cosine, sine] = [cosineOfTurns(turn), sineOfTurns(turn)];
  const [x, y] = [size * random.uniform(), size * random.uniform()];
  const reach = size * (0.06 + 0.16 * random.uniform());
  const colour = colourAwayFrom(random, [], 0);
  const inside = clutterShape(random, reach, size);
  return {
    x,
    y,
    reach,
    at(px, py) {
      const [dx, dy] = [px - x, py - y];
      return inside(dx * cosine + dy * sine, dy * cosine - dx * sine) ? 1 : 0;
    },
    colours: [colour, colour],
    opacity: 0.3 + 0.4 * random.uniform(),
    samples: 2,
  };
}

function clutterShape(random: Random, reach: number, size: number): (u: number, v: number) => boolean {
  const kind = random.integer(3);
  const width = size * (0.006 + 0.014 * random.uniform());
  if (kind === 0) return (u, v) => Math.abs(v) <= width && Math.abs(u) <= reach;
  if (kind === 1) {
    const start = -0.5 * reach * random.uniform();
    return (u, v) => u > start && Math.abs(Math.sqrt(u * u + v * v) - (reach - width)) <= width;
  }
  // A blot: two overlapping ellipses.
  const [flat, shift] = [0.3 + 0.3 * random.uniform(), 0.4 * reach * random.uniform()];
  const half = 0.7 * reach;
  return (u, v) =>
    u * u + square(v / flat) <= half * half ||
    square((u - shift) / 0.6) + square(v - 0.3 * shift) <= square(half / 2);
}
