import { describe, expect, it } from 'vitest';
import { colourMaps } from '../../../core/base/colourMap.ts';
import { drawMap } from '../../../core/engine/pictures/heatmap.ts';
import { overlayMap } from '../../../core/engine/pictures/overlay.ts';
import { composite } from '../../../renderer/viewer/composite.ts';
import { defaultDisplay } from '../../../renderer/viewer/displayDefaults.ts';
import type { BaseImage, Layer, LayerDisplay } from '../../../renderer/viewer/layer.ts';

const flat = (level: number, width = 2, height = 1): BaseImage => ({
  key: `flat${level}`,
  width,
  height,
  rgba: Uint8ClampedArray.from({ length: width * height * 4 }, (_, at) => (at % 4 === 3 ? 255 : level)),
});

const layerOf = (values: readonly number[], display: Partial<LayerDisplay>, signed = false): Layer => {
  const plane = { width: values.length, height: 1, values: Float32Array.from(values) };
  return {
    id: 'a',
    title: 'A',
    key: 'a',
    plane,
    signed,
    display: { ...defaultDisplay(plane, signed), low: 0, high: 1, blend: 'normal', opacity: 1, ...display },
  };
};

const pixels = (rgba: Uint8ClampedArray): number[][] =>
  Array.from({ length: rgba.length / 4 }, (_, pixel) => [...rgba.subarray(pixel * 4, pixel * 4 + 3)]);

describe('overlays on a picture', () => {
  it('take the ends of their colour map, and what lies beyond takes the end’s colour', () => {
    const drawn = pixels(composite(flat(90), [layerOf([-5, 7], { colourMap: 'viridis' })], false));
    expect(drawn).toEqual([[...colourMaps.viridis.subarray(0, 3)], [...colourMaps.viridis.subarray(765)]]);
  });

  it('are mixed by opacity, multiplied and screened', () => {
    const over = (display: Partial<LayerDisplay>): number | undefined =>
      pixels(
        composite(flat(100), [layerOf([1, 1], { colourMap: 'grey', high: 2, ...display })], false),
      )[0]?.[0];
    // The middle of 256 greys is 128.
    expect(over({ opacity: 0.5 })).toBe(114);
    expect(over({ blend: 'multiply' })).toBe(50);
    expect(over({ blend: 'screen' })).toBe(178);
  });

  it('leave the picture alone where they are hidden or below the threshold', () => {
    expect(pixels(composite(flat(90), [layerOf([1, 1], { visible: false })], false))[0]).toEqual([
      90, 90, 90,
    ]);
    const cut = pixels(composite(flat(90), [layerOf([0.4, -0.6], { threshold: 0.5, low: -1 }, true)], false));
    expect(cut[0]).toEqual([90, 90, 90]);
    expect(cut[1]).not.toEqual([90, 90, 90]);
  });

  it('lie in their order, the last on top', () => {
    const [below, above] = [
      layerOf([1, 1], { colourMap: 'magma' }),
      layerOf([1, 1], { colourMap: 'cividis' }),
    ];
    expect(pixels(composite(flat(0), [below, above], false))[0]).toEqual([
      ...colourMaps.cividis.subarray(765),
    ]);
  });

  it('chequer what is not a number', () => {
    expect(pixels(composite(flat(90), [layerOf([Number.NaN, 0], {})], false))[0]).toEqual([255, 0, 255]);
  });

  it('change neither the picture nor the numbers', () => {
    const base = flat(90);
    const layer = layerOf([0.25, -3], { blend: 'multiply' });
    composite(base, [layer], true);
    expect([...layer.plane.values]).toEqual([0.25, -3]);
    expect(base.rgba[0]).toBe(90);
  });

  it('of a lower resolution are spread over the picture without blur', () => {
    const drawn = pixels(composite(flat(0, 4), [layerOf([0, 1], { colourMap: 'grey' })], false));
    expect(drawn.map(([level]) => level)).toEqual([0, 0, 255, 255]);
  });

  it('look at first as the exported overlay does', () => {
    for (const signed of [true, false]) {
      const values = Float32Array.from({ length: 64 }, (_, at) => Math.sin(at) * (signed ? 1 : at));
      const plane = { width: 8, height: 8, values: signed ? values : values.map(Math.abs) };
      const rgb = Uint8Array.from({ length: 192 }, (_, at) => (at * 37) % 256);
      const exported = overlayMap({ width: 8, height: 8, rgb }, drawMap({ ...plane, signed }));
      const rgba = new Uint8ClampedArray(256);
      for (let pixel = 0; pixel < 64; pixel++) {
        rgba.set([...rgb.subarray(pixel * 3, pixel * 3 + 3), 255], pixel * 4);
      }
      const base: BaseImage = { key: 'p', width: 8, height: 8, rgba };
      const layer: Layer = { ...layerOf([0], {}, signed), plane, display: defaultDisplay(plane, signed) };
      const shown = pixels(composite(base, [layer], true)).flat();
      const farthest = Math.max(...shown.map((level, at) => Math.abs(level - (exported.rgb[at] ?? 0))));
      expect(farthest).toBeLessThanOrEqual(1);
    }
  });
});
