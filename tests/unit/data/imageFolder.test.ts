import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { create } from 'tar';
import { afterAll, describe, expect, it } from 'vitest';
import type { DataSet } from '../../../core/data/dataSet.ts';
import type { LoadRequest } from '../../../core/data/sets/define.ts';
import { loadDataSet } from '../../../core/data/sets/registry.ts';
import { cutToAspect } from '../../../core/data/sets/shared/decodePictures.ts';
import { sharedFile } from '../../shared.ts';
import { pixelsOf } from './sets.ts';

const root = mkdtempSync(join(tmpdir(), 'loupe-folder-'));
const cacheFolder = join(root, 'cache');
afterAll(() => rmSync(root, { recursive: true }));

/** A PNG in which every pixel is told apart: red its column, green its row, blue `tint`. */
async function png(width: number, height: number, tint: number): Promise<Buffer> {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return [10 * (pixel % width), 10 * Math.floor(pixel / width), tint][at % 3] ?? 0;
  });
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** [3, height, width] of the same. */
const planes = (width: number, height: number, tint: number): number[] =>
  Array.from({ length: 3 * width * height }, (_, at) => {
    const pixel = at % (width * height);
    return (
      [10 * (pixel % width), 10 * Math.floor(pixel / width), tint][Math.floor(at / (width * height))] ?? 0
    );
  });

function folderWith(files: Readonly<Record<string, Uint8Array>>): string {
  const folder = mkdtempSync(join(root, 'set-'));
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

const load = (path: string, more: Partial<LoadRequest> = {}): Promise<DataSet> =>
  loadDataSet('imageFolder', { path, split: 'train', cacheFolder, ...more });

const samples = async (): Promise<Record<string, Uint8Array>> => ({
  'train/cat/b.png': await png(4, 3, 2),
  'train/cat/a.png': await png(4, 3, 1),
  'train/ant/deeper/c.PNG': await png(4, 3, 3),
  'train/cat/notes.txt': Buffer.from('no picture'),
  'train/cat/.hidden.png': Buffer.from('no picture'),
  'val/cat/d.png': await png(4, 3, 4),
  'val/ant/e.png': await png(4, 3, 5),
});

describe('a folder of pictures', () => {
  it('is a data set with a class a folder, by class and name', async () => {
    const folder = folderWith(await samples());
    const set = await load(folder);
    expect(set).toMatchObject({ classes: ['ant', 'cat'], shape: [3, 3, 4] });
    expect([...set.labels]).toEqual([0, 1, 1]);
    expect([0, 1, 2].map((index) => pixelsOf(set, index))).toEqual(
      [3, 1, 2].map((tint) => planes(4, 3, tint)),
    );
    const validation = await load(folder, { split: 'validation' });
    expect([...validation.labels]).toEqual([0, 1]);
    await expect(load(folder, { split: 'test' })).rejects.toThrow(`There is no part "test" in ${folder}`);
  });

  it('may have no parts, when all of it is for training', async () => {
    const folder = folderWith({ 'cat/a.png': await png(2, 2, 1), 'ant/a.png': await png(2, 2, 2) });
    expect([...(await load(folder)).labels]).toEqual([0, 1]);
    await expect(load(folder, { split: 'test' })).rejects.toThrow('or hold back a part of train');
  });

  it('may be an archive a part, which gives the same', async () => {
    const folder = folderWith(await samples());
    const packed = mkdtempSync(join(root, 'packed-'));
    await create({ gzip: true, file: join(packed, 'train.tar.gz'), cwd: folder }, ['train']);
    expect((await load(packed)).sha256).toBe((await load(folder)).sha256);
    const whole = readFileSync(join(packed, 'train.tar.gz'));
    writeFileSync(join(packed, 'train.tar.gz'), whole.subarray(0, whole.length - 40));
    await expect(load(packed)).rejects.toThrow(/^The archive .*train\.tar\.gz is damaged: /);
  });

  it('resizes to the first picture or to a given size, cut to its shape or stretched', async () => {
    const folder = folderWith({ 'x/a.png': await png(4, 4, 1), 'x/b.png': await png(8, 4, 2) });
    // The middle four columns of eight.
    expect(pixelsOf(await load(folder), 1)).toEqual(
      planes(4, 4, 2).map((value, at) => (at < 16 ? value + 20 : value)),
    );
    const stretched = await load(folder, { params: { fit: 'stretch' } });
    // Halving eight columns by antialiased triangles of half-width 2: the inner ones are means of four, weighted 1 3 3 1.
    expect(pixelsOf(stretched, 1).slice(1, 3)).toEqual([25, 45]);
    const small = await load(folder, { params: { width: 2, height: 2, grey: true } });
    expect(small.shape).toEqual([1, 2, 2]);
    await expect(load(folder, { params: { width: 2 } })).rejects.toThrow('Give both width and height');
  });

  it('names a picture that cannot be read', async () => {
    const folder = folderWith({ 'x/a.png': await png(2, 2, 1), 'x/b.png': Buffer.from('hello') });
    await expect(load(folder)).rejects.toThrow('x/b.png cannot be read as a picture');
    await expect(load(folderWith({ 'train/x/readme': Buffer.from('a') }))).rejects.toThrow(
      'Expected pictures (JPEG, PNG, WebP, BMP, GIF, TIFF or AVIF) in',
    );
    symlinkSync('nowhere', join(folder, 'x', 'c.png'));
    await expect(load(folder)).rejects.toThrow(`The pictures in ${folder} could not be listed`);
  });

  it('stops when it is cancelled', async () => {
    const folder = folderWith({ 'x/a.png': await png(2, 2, 1) });
    await expect(load(folder, { signal: AbortSignal.abort() })).rejects.toThrow('Cancelled.');
  });
});

describe('the cache of decoded pictures', () => {
  /** A load that says whether it decoded. */
  async function observed(path: string, folder: string): Promise<{ set: DataSet; decoded: boolean }> {
    let decoded = false;
    const set = await load(path, {
      cacheFolder: folder,
      onProgress: ({ what }) => {
        decoded ||= what === 'decoding';
      },
    });
    return { set, decoded };
  }

  it('is used until a name, size, time or parameter changes', async () => {
    const folder = folderWith(await samples());
    const cache = join(root, 'cache-a');
    const first = await observed(folder, cache);
    const second = await observed(folder, cache);
    expect([first.decoded, second.decoded]).toEqual([true, false]);
    expect(second.set).toEqual(first.set);
    utimesSync(join(folder, 'train/cat/a.png'), 1000, 1000);
    expect((await observed(folder, cache)).decoded).toBe(true);
    writeFileSync(join(folder, 'train/cat/z.png'), await png(4, 3, 9));
    const longer = await observed(folder, cache);
    expect([longer.decoded, longer.set.labels.length]).toEqual([true, 4]);
  });

  it('that is damaged is made again', async () => {
    const folder = folderWith(await samples());
    const cache = join(root, 'cache-b');
    const { set } = await observed(folder, cache);
    const [name = ''] = readdirSync(cache);
    const bytes = readFileSync(join(cache, name));
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    for (const damaged of [bytes.subarray(0, bytes.length - 5), flipped, Buffer.alloc(2), Buffer.alloc(0)]) {
      writeFileSync(join(cache, name), damaged);
      const again = await observed(folder, cache);
      expect([again.decoded, again.set.sha256]).toEqual([true, set.sha256]);
    }
    expect(readdirSync(cache)).toEqual([name]);
  });

  it('that cannot be written costs a note, not the data', async () => {
    const folder = folderWith(await samples());
    const notes: string[] = [];
    writeFileSync(join(root, 'a-file'), '');
    const set = await load(folder, {
      cacheFolder: join(root, 'a-file'),
      onNote: (sentence) => notes.push(sentence),
    });
    expect(set.labels).toHaveLength(3);
    expect(notes.join()).toMatch(/cache of decoded pictures .* could not be written.*decoded again\./);
  });
});

describe('cutting to a shape', () => {
  it('takes the largest part about the centre', () => {
    const rgb = Uint8Array.from({ length: 6 * 2 * 3 }, (_, at) => Math.floor(at / 3));
    const cut = cutToAspect({ width: 6, height: 2, rgb }, 10, 10);
    expect([cut.width, cut.height]).toEqual([2, 2]);
    expect([...cut.rgb].filter((_, at) => at % 3 === 0)).toEqual([2, 3, 8, 9]);
    expect(cutToAspect({ width: 6, height: 2, rgb }, 3, 1).rgb).toBe(rgb);
  });
});

const jpegs = sharedFile('datasets/cifar10-jpeg');
describe.skipIf(jpegs === undefined)('the JPEG-coded CIFAR-10', () => {
  it('is 10,000 test pictures of ten classes in alphabetical order', async () => {
    const set = await load(jpegs ?? '', { split: 'test' });
    expect(set.labels).toHaveLength(10_000);
    expect(set.classes.join()).toBe('airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck');
    expect(set.shape).toEqual([3, 32, 32]);
  }, 120_000);
});
