import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeNpz } from '../../../core/base/npy.ts';
import { float32, tensor } from '../../../core/base/tensor.ts';
import type { LoadRequest } from '../../../core/data/sets/define.ts';
import { loadDataSet } from '../../../core/data/sets/registry.ts';

const root = mkdtempSync(join(tmpdir(), 'loupe-npz-'));
afterAll(() => rmSync(root, { recursive: true }));

const load = (path: string, more: Partial<LoadRequest> = {}) =>
  loadDataSet('npz', { path, split: 'train', ...more });

describe('NumPy archives', () => {
  const write = (arrays: Record<string, ReturnType<typeof tensor>>): string => {
    const folder = mkdtempSync(join(root, 'npz-'));
    writeFileSync(join(folder, 'my.npz'), encodeNpz(new Map(Object.entries(arrays))));
    return join(folder, 'my.npz');
  };
  const counting = Uint8Array.from({ length: 24 }, (_, at) => at * 10);
  const labels = tensor('int64', BigInt64Array.of(2n, 0n), [2]);

  it('give the same set channels first or last, as bytes or floats', async () => {
    const first = await load(write({ images: tensor('uint8', counting, [2, 3, 2, 2]), labels }));
    expect(first).toMatchObject({ name: 'my', shape: [3, 2, 2], classes: ['0', '1', '2'] });
    expect([...first.images]).toEqual([...counting]);
    // [n, c, p] to [n, p, c].
    const last = Uint8Array.from(
      { length: 24 },
      (_, at) => counting[Math.floor(at / 12) * 12 + (at % 3) * 4 + (Math.floor(at / 3) % 4)] ?? 0,
    );
    const floats = float32(
      Array.from(last, (level) => level / 255),
      [2, 2, 2, 3],
    );
    for (const images of [tensor('uint8', last, [2, 2, 2, 3]), floats]) {
      expect((await load(write({ images, labels }))).sha256).toBe(first.sha256);
    }
    const grey = await load(write({ images: tensor('uint8', counting, [2, 4, 3]), labels }), {
      params: { classes: 'ant, bee, cat' },
    });
    expect(grey).toMatchObject({ shape: [1, 4, 3], classes: ['ant', 'bee', 'cat'] });
  });

  it('are refused with a sentence', async () => {
    const images = tensor('uint8', counting, [2, 3, 2, 2]);
    const refused = async (arrays: Record<string, ReturnType<typeof tensor>>, sentence: string) =>
      expect(load(write(arrays))).rejects.toThrow(sentence);
    await refused({ pictures: images, labels }, 'There is no array "images" in');
    await refused({ images: tensor('uint8', counting, [2, 2, 2, 3, 1]), labels }, 'received 2x2x2x3x1');
    await refused({ images: tensor('uint8', counting, [1, 2, 2, 6]), labels }, 'with 1 or 3 channels');
    await refused({ images: float32([2, 0], [2, 1, 1]), labels }, 'Expected floats in 0..1');
    await refused({ images: float32([Number.NaN, 0], [2, 1, 1]), labels }, 'received NaN');
    await refused({ images, labels: float32([0, 1]) }, 'integer labels of shape [N]');
    await refused({ images, labels: tensor('int32', Int32Array.of(0, -1), [2]) }, 'received -1');
    await refused({ images, labels: tensor('int32', Int32Array.of(0, 1, 1), [3]) }, 'as labels (3)');
  });
});
