import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../../core/base/npy.ts';
import { float32 } from '../../../core/base/tensor.ts';
import {
  channelOf,
  imageOf,
  pictureDifference,
  planeDifference,
  planeFromNpy,
} from '../../../renderer/viewer/arrays.ts';
import { defaultDisplay } from '../../../renderer/viewer/displayDefaults.ts';
import type { Layer } from '../../../renderer/viewer/layer.ts';
import { exactText, readoutAt } from '../../../renderer/viewer/readout.ts';

const layerFrom = (values: number[], width: number, height: number): Layer => {
  const plane = planeFromNpy(encodeNpy(float32(values, [height, width])), 'map.npy');
  return { id: 'm', title: 'Map', key: 'm', plane, signed: true, display: defaultDisplay(plane, true) };
};

describe('the read-out', () => {
  const base = imageOf(float32([0, 0.2, 0.4, 0.6, 0.8, 1, 1, 0, 0, 0, 0, 0.5], [3, 2, 2]), 'base');

  it('shows the place, the colour and the raw float of every layer', () => {
    const layer = layerFrom([0.1, -0.25, 3e-8, Number.NaN], 2, 2);
    expect(readoutAt({ x: 1, y: 0 }, base, [layer])).toEqual({
      x: 1,
      y: 0,
      rgb: [51, 255, 0],
      values: [{ id: 'm', title: 'Map', value: -0.25 }],
    });
    expect(readoutAt({ x: 1, y: 1 }, base, [layer]).values[0]?.value).toBeNaN();
  });

  it('reads a map of a lower resolution where it lies on the picture', () => {
    const layer = layerFrom([7], 1, 1);
    expect(readoutAt({ x: 1, y: 1 }, base, [layer]).values[0]?.value).toBe(7);
  });

  it('writes a float32 as the shortest decimal that is it', () => {
    const written = [0.1, -0.25, 1 / 3, 3e-8, 16777216, 0].map((value) => exactText(Math.fround(value)));
    expect(written).toEqual(['0.1', '−0.25', '0.33333334', '3e−8', '16777216', '0']);
    for (const value of Float32Array.from([Math.PI, -1e-20, 123456.789])) {
      expect(Math.fround(Number(exactText(value).replaceAll('−', '-')))).toBe(value);
    }
    expect([Number.NaN, Number.POSITIVE_INFINITY].map(exactText)).toEqual(['NaN', '+∞']);
  });
});

describe('arrays as planes', () => {
  it('refuse more than one channel with a sentence', () => {
    expect(() => planeFromNpy(encodeNpy(float32(new Float32Array(12), [3, 2, 2])), 'three.npy')).toThrow(
      'Expected one channel, [H, W] for three.npy but received 3x2x2. Choose one of its channels.',
    );
  });

  it('give single channels', () => {
    const tensor = float32([1, 2, 3, 4], [1, 2, 1, 2]);
    expect([...channelOf(tensor, 1).values]).toEqual([3, 4]);
  });

  it('are subtracted number by number', () => {
    const [a, b] = [layerFrom([1, 2], 2, 1).plane, layerFrom([0.5, 4], 2, 1).plane];
    expect([...planeDifference(a, b).values]).toEqual([0.5, -2]);
    expect(() => planeDifference(a, layerFrom([1], 1, 1).plane)).toThrow('Expected a map of 2 × 1');
  });

  it('tell the mean difference of two pictures in levels', () => {
    const white = imageOf(float32([1, 1], [1, 1, 2]), 'white');
    const grey = imageOf(float32([0.2, 1], [1, 1, 2]), 'grey');
    expect([...pictureDifference(white, grey).values]).toEqual([204, 0]);
  });
});
