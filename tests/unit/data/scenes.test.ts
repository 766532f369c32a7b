import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../core/base/files.ts';
import { hsv } from '../../../core/data/scenes/colours.ts';
import { sceneClasses } from '../../../core/data/scenes/params.ts';
import { type Scene, scene, sceneMaker } from '../../../core/data/scenes/scene.ts';
import { shapeNames, shapeOf } from '../../../core/data/scenes/shapes.ts';
import { cosineOfTurns, sineOfTurns } from '../../../core/data/scenes/arithmetic.ts';
import { differing, indices, paramsOf } from './sceneHelpers.ts';

/** The outlines in the disc of radius 1, as SVG: written from the definitions in words, not from the code. */
const outlines: Readonly<Record<string, string>> = {
  disc: '<circle r="0.88"/>',
  square: '<rect x="-0.7" y="-0.7" width="1.4" height="1.4"/>',
  triangle: '<polygon points="0,-1 0.8660254,0.5 -0.8660254,0.5"/>',
  star: `<polygon points="${indices(10)
    .map((corner) => {
      const [radius, angle] = [corner % 2 === 0 ? 1 : 0.46, (Math.PI * corner) / 5];
      return `${radius * Math.sin(angle)},${-radius * Math.cos(angle)}`;
    })
    .join(' ')}"/>`,
  cross: '<path d="M-.3-.95h.6v.65h.65v.6h-.65v.65h-.6v-.65h-.65v-.6h.65z"/>',
  ring: '<circle r="0.7" fill="none" stroke="white" stroke-width="0.5"/>',
  crescent:
    '<mask id="m"><rect x="-1" y="-1" width="2" height="2"/><circle cx="0.42" r="0.72" fill="black"/></mask><circle r="0.98" mask="url(#m)"/>',
};

/** Coverage of a scene's object by another rasterizer. */
async function rasterized({ shape, placement }: Scene, size: number): Promise<Uint8Array> {
  const { x, y, radius, turn } = placement;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><rect width="${size}" height="${size}"/>
    <g fill="white" transform="translate(${x} ${y}) rotate(${360 * turn}) scale(${radius})">${outlines[shape] ?? ''}</g></svg>`;
  const enlarged = 8;
  // Drawn large and averaged, so that its own antialiasing does not matter.
  const { data } = await sharp(Buffer.from(svg), { density: 72 * enlarged })
    .resize(size, size, { kernel: 'linear' })
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return data;
}

describe('a scene', () => {
  it('is a function of seed, index, part and parameters only, the same on every machine', () => {
    const params = paramsOf();
    const make = sceneMaker(params);
    const first = make(1, 5);
    make(1, 6);
    expect(make(1, 5)).toEqual(first);
    expect(scene(1, 5, params)).toEqual(first);
    const others = [make(2, 5), make(1, 15), make(1, 5, 'test'), make(1, 5, 'validation')];
    const hashes = [first, ...others].map(({ image }) => sha256(image));
    expect(new Set(hashes).size).toBe(5);
    const all = indices(20).map((index) => Buffer.from(make(1, index).image));
    expect(sha256(Buffer.concat(all))).toBe(
      '9480985c362d1463105bf783e717272ae13e12aefee854dbd4ac134c5723cc79',
    );
  });

  it('is of the class that its index says, every class equally often', () => {
    const classes = sceneClasses(paramsOf());
    expect(classes.map(({ name }) => name)).toEqual([
      'striped disc',
      'dotted disc',
      'striped square',
      'dotted square',
      'striped triangle',
      'dotted triangle',
      'striped star',
      'dotted star',
      'striped cross',
      'dotted cross',
    ]);
    for (const index of indices(20)) {
      const { label, shape, texture } = scene(3, index, paramsOf());
      expect(`${texture} ${shape}`).toBe(classes[index % 10]?.name);
      expect(label).toBe(index % 10);
    }
    expect(sceneClasses(paramsOf({ shapes: 8, textures: 5 }))).toHaveLength(40);
  });

  it('has the same content at every size', () => {
    const [small, large] = [64, 128].map((size) => scene(2, 3, paramsOf({ size })));
    if (small === undefined || large === undefined) expect.fail();
    expect(large.placement.radius / small.placement.radius).toBeCloseTo(2, 12);
    expect(large.texture).toBe(small.texture);
    const covered = ({ object }: Scene): number => object.reduce((sum, value) => sum + value, 0);
    expect(covered(large) / covered(small)).toBeCloseTo(4, 1);
  });
});

describe('the mask of the object', () => {
  it.each(Object.keys(outlines))('of a %s is what another rasterizer draws', async (shape) => {
    const params = paramsOf({ shapes: 8, textures: 1 });
    const make = sceneMaker(params);
    for (const round of indices(4)) {
      const drawn = make(7, shapeNames.indexOf(shape) + 8 * round);
      expect(drawn.shape).toBe(shape);
      const wanted = await rasterized(drawn, 64);
      const errors = Array.from(wanted, (value, pixel) => Math.abs(value - (drawn.object[pixel] ?? 0)));
      const area = wanted.reduce((sum, value) => sum + value, 0);
      // 16 samples a pixel: a corner may be off by a quarter of a pixel, and the whole by nothing.
      expect(Math.max(...errors)).toBeLessThan(64);
      expect(Math.abs(drawn.object.reduce((sum, value) => sum + value, 0) / area - 1)).toBeLessThan(0.01);
    }
  });

  it('of a heart has the area of its curve and no corner outside the disc of its radius', () => {
    const heart = shapeOf(shapeNames.indexOf('heart'));
    const steps = 500;
    let inside = 0;
    for (let i = 0; i < steps; i++) {
      for (let j = 0; j < steps; j++) {
        const [x, y] = [(i + 0.5) / steps, (j + 0.5) / steps].map((part) => 2.4 * part - 1.2);
        if (!heart(x ?? 0, y ?? 0)) continue;
        inside++;
        expect(Math.hypot(x ?? 0, y ?? 0)).toBeLessThan(1.001);
      }
    }
    // The curve (x² + y² − 1)³ = x² y³ encloses 3.66197 (MathWorld, "Heart Curve"), here shrunk by 1.25.
    expect((inside * (2.4 / steps) ** 2 * 1.25 ** 2) / 3.66197).toBeCloseTo(1, 2);
  });

  it('holds every pixel that another texture changes, and changes with nothing else', () => {
    const same = paramsOf({ classesBy: 'shape' });
    const other = paramsOf({ classesBy: 'shape', conflict: 1 });
    for (const index of indices(10)) {
      const [usual, conflicting] = [scene(5, index, same), scene(5, index, other)];
      expect(conflicting.texture).not.toBe(usual.texture);
      expect([conflicting.shape, conflicting.label]).toEqual([usual.shape, usual.label]);
      expect(conflicting.object).toEqual(usual.object);
      const changed = differing(usual, conflicting);
      expect(changed.filter((pixel) => usual.object[pixel] === 0)).toEqual([]);
      const covered = usual.object.filter((value) => value > 0).length;
      expect(changed.length).toBeGreaterThan(covered / 5);
    }
  });

  it('is that of the visible object: what a watermark hides is none of it', () => {
    let overlapping = 0;
    for (const index of indices(60)) {
      const [plain, marked] = [0, 1].map((share) => scene(5, index, paramsOf({ watermark: share })));
      if (plain === undefined || marked === undefined) expect.fail();
      expect([plain.hasWatermark, marked.hasWatermark]).toEqual([false, true]);
      const changed = new Set(differing(plain, marked));
      // All of it lies in the bottom right corner.
      for (const pixel of changed) expect(Math.min(pixel % 64, Math.floor(pixel / 64))).toBeGreaterThan(50);
      indices(4096).forEach((pixel) => {
        const [before = 0, after = 0] = [plain.object[pixel], marked.object[pixel]];
        if (before === after) return;
        overlapping++;
        expect(changed.has(pixel)).toBe(true);
        // 70 % opaque at most.
        expect(after).toBeLessThan(before);
        expect(after).toBeGreaterThanOrEqual(Math.floor(0.29 * before));
      });
    }
    expect(overlapping).toBeGreaterThan(5);
  });
});

describe('distractors', () => {
  it('are apart from the object and take nothing of its mask', () => {
    for (const index of indices(20)) {
      const [without, some] = [0, 6].map((distractors) => scene(4, index, paramsOf({ distractors })));
      if (without === undefined || some === undefined) expect.fail();
      const changed = differing(without, some);
      expect(changed.length).toBeGreaterThan(100);
      expect(changed.filter((pixel) => (some.object[pixel] ?? 0) > 0)).toEqual([]);
      expect(some.object).toEqual(without.object);
    }
  });
});

describe('the arithmetic of scenes', () => {
  it('has the sine and cosine of turns', () => {
    for (let turns = -2; turns <= 2; turns += 0.0137) {
      expect(Math.abs(sineOfTurns(turns) - Math.sin(2 * Math.PI * turns))).toBeLessThan(1e-9);
      expect(Math.abs(cosineOfTurns(turns) - Math.cos(2 * Math.PI * turns))).toBeLessThan(1e-9);
    }
  });

  it('has the colours of the hue circle', () => {
    expect(hsv(0, 1, 1)).toEqual([1, 0, 0]);
    expect(hsv(1 / 3, 1, 1).map((value) => Math.abs(Math.round(value * 1e9) / 1e9))).toEqual([0, 1, 0]);
    expect(hsv(2 / 3, 0.5, 0.8).map((value) => Math.round(value * 1e9) / 1e9)).toEqual([0.4, 0.4, 0.8]);
    expect(hsv(1 / 6, 1, 1).map((value) => Math.abs(Math.round(value * 1e9) / 1e9))).toEqual([1, 1, 0]);
    expect(hsv(0.4, 0, 0.3)).toEqual([0.3, 0.3, 0.3]);
  });
});
