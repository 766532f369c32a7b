import { describe, expect, it } from 'vitest';
import {
  type View,
  fitted,
  greatestScale,
  panBy,
  pixelAt,
  scaleOf,
  scaledTo,
  toImage,
  toPanel,
  visiblePart,
  zoomAt,
  zoomText,
} from '../../../renderer/viewer/view.ts';

const image = { width: 224, height: 112 };
const panel = { width: 464, height: 316 };
const near = (x: number, y: number) => ({
  x: expect.closeTo(x, 9) as number,
  y: expect.closeTo(y, 9) as number,
});

describe('the view of an image', () => {
  it('fits with a margin of eight pixels on the tighter side', () => {
    expect(scaleOf(fitted, image, panel)).toBe(2);
    expect(toPanel({ x: 0, y: 0 }, fitted, image, panel)).toEqual(near(8, 46));
    expect(toPanel({ x: 224, y: 112 }, fitted, image, panel)).toEqual(near(456, 270));
  });

  it('keeps the point under the cursor while it zooms', () => {
    let view: View = fitted;
    const anchor = { x: 120, y: 90 };
    const before = toImage(anchor, view, image, panel);
    for (const factor of [1.3, 2, 0.7, 5, 1.1]) {
      view = zoomAt(view, factor, anchor, image, panel);
      expect(toImage(anchor, view, image, panel)).toEqual(near(before.x, before.y));
    }
    expect(scaleOf(view, image, panel)).toBeCloseTo(2 * 1.3 * 2 * 0.7 * 5 * 1.1, 9);
  });

  it('follows a drag pixel by pixel, at any zoom', () => {
    const zoomed = scaledTo(fitted, 7, { x: 200, y: 150 }, image, panel);
    const moved = panBy(zoomed, 30, -12, image, panel);
    const held = toPanel({ x: 100, y: 50 }, zoomed, image, panel);
    expect(toPanel({ x: 100, y: 50 }, moved, image, panel)).toEqual(near(held.x + 30, held.y - 12));
  });

  it('cannot lose the image, nor zoom beyond sense', () => {
    expect(panBy(fitted, 1e6, -1e6, image, panel)).toMatchObject({ centreX: 0, centreY: 1 });
    expect(scaleOf(zoomAt(fitted, 1e9, { x: 0, y: 0 }, image, panel), image, panel)).toBe(greatestScale);
    expect(scaleOf(zoomAt(fitted, 1e-9, { x: 0, y: 0 }, image, panel), image, panel)).toBeCloseTo(24 / 224);
  });

  it('shows the same part of an image of another resolution when it is shared', () => {
    const small = { width: 56, height: 28 };
    const view = scaledTo(fitted, 16, { x: 300, y: 100 }, image, panel);
    expect(scaleOf(view, small, panel)).toBe(64);
    expect(visiblePart(view, small, panel)).toEqual(visiblePart(view, image, panel));
  });

  it('knows the pixel under a point, and none beside the image', () => {
    expect(pixelAt({ x: 223.99, y: 0 }, image)).toEqual({ x: 223, y: 0 });
    expect(pixelAt({ x: 224, y: 0 }, image)).toBeUndefined();
    expect(pixelAt({ x: -0.01, y: 5 }, image)).toBeUndefined();
  });

  it('inverts toImage by toPanel', () => {
    const view = { centreX: 0.31, centreY: 0.77, span: 1234.5 };
    const point = { x: 17.25, y: 301.5 };
    const back = toPanel(toImage(point, view, image, panel), view, image, panel);
    expect(back).toEqual(near(point.x, point.y));
  });

  it('says the zoom in percent', () => {
    expect([zoomText(1), zoomText(0.0345), zoomText(16)]).toEqual(['100 %', '3.5 %', '1600 %']);
  });
});
