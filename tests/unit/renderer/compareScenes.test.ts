import { describe, expect, it } from 'vitest';
import { type OtherSide, panesOf } from '../../../renderer/viewer/compareScenes.ts';
import { defaultDisplay } from '../../../renderer/viewer/displayDefaults.ts';
import type { BaseImage, Layer } from '../../../renderer/viewer/layer.ts';

const base: BaseImage = { key: 'base', width: 2, height: 1, rgba: new Uint8ClampedArray(8).fill(100) };
const layerOf = (id: string, values: readonly number[]): Layer => {
  const plane = { width: values.length, height: 1, values: Float32Array.from(values) };
  return { id, key: id, title: id, plane, signed: true, display: defaultDisplay(plane, true) };
};
const [a, b] = [layerOf('a', [1, 2]), layerOf('b', [0.5, 4])];
const main = { title: 'a', scene: { base, layers: [a], greyBase: true } };
const other: OtherSide = { title: 'b', scene: { base, layers: [b], greyBase: true }, layer: b };

describe('comparing two sides', () => {
  it('shows one, both, both in one, or the other while the key is held', () => {
    expect(panesOf('single', main, other, false)).toEqual([{ title: 'a', scenes: [main.scene] }]);
    expect(panesOf('sideBySide', main, other, false).map(({ title }) => title)).toEqual(['a', 'b']);
    expect(panesOf('swipe', main, other, false)[0]?.scenes).toEqual([main.scene, other.scene]);
    expect(panesOf('flicker', main, other, true)[0]?.scenes).toEqual([other.scene]);
  });

  it('subtracts the numbers of two overlays, with colours symmetric about zero', () => {
    const [pane] = panesOf('difference', main, other, false);
    expect(pane?.title).toBe('a − b');
    expect([...(pane?.difference?.plane.values ?? [])]).toEqual([0.5, -2]);
    expect(pane?.difference?.display.low).toBe(-(pane?.difference?.display.high ?? 0));
  });

  it('subtracts pictures where one side has no overlay', () => {
    const brighter: BaseImage = { ...base, key: 'brighter', rgba: new Uint8ClampedArray(8).fill(130) };
    const bare: OtherSide = { title: 'B', scene: { base: brighter, layers: [], greyBase: false } };
    const [pane] = panesOf('difference', { title: 'A', scene: { ...main.scene, layers: [] } }, bare, false);
    expect([...(pane?.difference?.plane.values ?? [])]).toEqual([-30, -30]);
  });

  it('says what to choose where there is nothing to subtract', () => {
    const same: OtherSide = { title: 'Picture', scene: { base, layers: [], greyBase: false } };
    const [pane] = panesOf('difference', main, same, false);
    expect(pane?.difference).toBeUndefined();
    expect(pane?.title).toContain('choose two overlays');
  });
});
