import { describe, expect, it } from 'vitest';
import { Cache } from '../../../renderer/store/cache.ts';

describe('the page’s cache', () => {
  it('asks once for what it holds, and again for what it had to forget', async () => {
    const cache = new Cache<string>(2);
    const asked: string[] = [];
    const get = (key: string): Promise<string> =>
      cache.get(key, () => {
        asked.push(key);
        return Promise.resolve(key);
      });
    await get('a');
    await get('b');
    await get('a');
    await get('c');
    await get('a');
    await get('b');
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('does not keep a failure', async () => {
    const cache = new Cache<number>(2);
    await expect(cache.get('a', () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    expect(await cache.get('a', () => Promise.resolve(7))).toBe(7);
  });
});
