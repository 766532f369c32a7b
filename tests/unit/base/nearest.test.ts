import { describe, expect, it } from 'vitest';
import { editDistance, listed, nearest, suggestion } from '../../../core/base/nearest.ts';

describe('nearest names', () => {
  it.each([
    ['', 'abc', 3],
    ['gradcam', 'gradCam', 0],
    ['gardCam', 'gradCam', 1],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ])('counts insertions, deletions, substitutions and swaps from %s to %s', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });

  it('puts the nearest first and leaves out what is too far', () => {
    expect(nearest('satliency', ['occlusion', 'saliency', 'sanity'])).toEqual(['saliency']);
    expect(nearest('layer4.1', ['layer4.0', 'layer4.1/relu', 'layer4.2', 'conv1'])).toContain(
      'layer4.1/relu',
    );
    expect(nearest('xyz', ['conv1', 'fc'])).toEqual([]);
  });

  it('makes a question of it, or nothing', () => {
    expect(suggestion('widht', ['width', 'height'])).toBe(' Did you mean "width"?');
    expect(suggestion('foo', ['width'])).toBe('');
    expect(listed(['a', 'b', 'c'])).toBe('a, b or c');
  });

  it('is not slowed down by a hostile name', () => {
    const start = Date.now();
    nearest(
      'a'.repeat(1e6),
      Array.from({ length: 100 }, (_, index) => 'b'.repeat(1e5) + index),
    );
    expect(Date.now() - start).toBeLessThan(2000);
  });
});
