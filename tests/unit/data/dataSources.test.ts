import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { classCounts, statisticsOf } from '../../../core/data/dataSet.ts';
import type { LoadRequest } from '../../../core/data/sets/define.ts';
import { dataSources, loadDataSet, paramsSchemaOf } from '../../../core/data/sets/registry.ts';
import { sharedFile } from '../../shared.ts';
import { pixelsOf } from './sets.ts';

const root = mkdtempSync(join(tmpdir(), 'loupe-sets-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A fresh folder with these files. */
function folderWith(files: Readonly<Record<string, Uint8Array>>): string {
  const folder = mkdtempSync(join(root, 'set-'));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

const idx = (dims: readonly number[], data: ArrayLike<number>): Uint8Array => {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header.set([0, 0, 8, dims.length]);
  dims.forEach((dim, axis) => header.writeUInt32BE(dim, 4 + 4 * axis));
  return Buffer.concat([header, Uint8Array.from(data)]);
};

const twoImages = idx([2, 2, 3], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);
const load = (id: string, path: string, more: Partial<LoadRequest> = {}) =>
  loadDataSet(id, { path, split: 'train', ...more });

describe('every source of data sets', () => {
  it('describes itself and its parameters', () => {
    expect([...dataSources.keys()].sort()).toEqual(
      ['cifar10', 'cifar100', 'fashionMnist', 'imageFolder', 'mnist', 'npz', 'shapes'].sort(),
    );
    for (const source of dataSources.values()) {
      expect(source.description).toMatch(/\.$/);
      const { properties } = paramsSchemaOf(source) as { properties: Record<string, object> };
      for (const property of Object.values(properties)) {
        expect(Object.keys(property)).toEqual(expect.arrayContaining(['title', 'description', 'default']));
      }
    }
  });

  it('names the nearest where there is none of a name, and refuses parts and parameters it does not have', async () => {
    await expect(load('mnits', root)).rejects.toThrow('There is no data set "mnits". Did you mean "mnist"?');
    await expect(load('mnist', root, { split: 'validation' })).rejects.toThrow(
      'The data set mnist has no part "validation"; it has train, test. Hold back a part of train instead.',
    );
    await expect(load('imageFolder', root, { params: { widht: 3 } })).rejects.toThrow('widht');
    await expect(load('imageFolder', root, { params: { width: -1 } })).rejects.toThrow(
      'The parameter width of the data set imageFolder is not valid',
    );
  });

  it('says what is missing where its folder or file is not there', async () => {
    await expect(loadDataSet('mnist', { split: 'train' })).rejects.toThrow(
      'Say which folder holds the data set mnist. It can be downloaded.',
    );
    await expect(load('mnist', join(root, 'nowhere'))).rejects.toThrow(
      'There is no folder with the data set mnist at',
    );
    const folder = folderWith({ a: Uint8Array.of(1) });
    await expect(load('mnist', join(folder, 'a'))).rejects.toThrow('but it is a file.');
    await expect(load('npz', folder)).rejects.toThrow('but it is a folder.');
    await expect(load('mnist', folder)).rejects.toThrow(
      `There is no file of images of MNIST in ${folder}: expected a file train-images-idx3-ubyte.gz or train-images-idx3-ubyte there.`,
    );
    await expect(load('cifar10', folder)).rejects.toThrow('expected data_batch_1.bin there');
  });
});

describe('IDX files', () => {
  it('are read packed or not, under both spellings, to the same data set', async () => {
    const labels = idx([2], [7, 3]);
    const plain = folderWith({
      'train-images-idx3-ubyte': twoImages,
      'train-labels.idx1-ubyte': labels,
    });
    const packed = folderWith({
      'train-images.idx3-ubyte.gz': gzipSync(twoImages),
      'train-labels-idx1-ubyte.gz': gzipSync(labels),
    });
    const set = await load('mnist', plain);
    expect(set).toMatchObject({ name: 'MNIST train', shape: [1, 2, 3] });
    expect([...set.labels]).toEqual([7, 3]);
    expect(pixelsOf(set, 1)).toEqual([250, 251, 252, 253, 254, 255]);
    expect((await load('mnist', packed)).sha256).toBe(set.sha256);
    // The classes differ.
    expect((await load('fashionMnist', packed)).sha256).not.toBe(set.sha256);
  });

  const loadPair = async (images: Uint8Array, labels: Uint8Array) =>
    load('mnist', folderWith({ 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels }));

  it('are refused with a wrong beginning, cut off, too long, or damaged', async () => {
    const labels = idx([2], [7, 3]);
    await expect(loadPair(Buffer.from('<html>not found</html>'), labels)).rejects.toThrow(
      'a file that begins with the text "<html>not found</html>"',
    );
    await expect(loadPair(labels, labels)).rejects.toThrow('it begins with 00 00 08 03');
    await expect(loadPair(twoImages.subarray(0, 20), labels)).rejects.toThrow(
      'is cut off: 2x2x3 needs 12 bytes of data, 4 are there',
    );
    await expect(loadPair(Buffer.concat([twoImages, Buffer.alloc(1)]), labels)).rejects.toThrow(
      'is too long: 2x2x3 needs 12 bytes of data, 13 are there',
    );
    await expect(loadPair(gzipSync(twoImages).subarray(0, 30), labels)).rejects.toThrow(
      'is a damaged gzip file',
    );
    await expect(loadPair(new Uint8Array(), labels)).rejects.toThrow('a file that is empty');
  });

  it('are refused where counts differ or a label is no digit', async () => {
    await expect(loadPair(twoImages, idx([3], [7, 3, 1]))).rejects.toThrow(
      'Expected as many images of 1x2x3 as labels (3) for the data set MNIST train but received 2 images.',
    );
    await expect(loadPair(twoImages, idx([2], [7, 10]))).rejects.toThrow(
      'Expected labels from 0 to 9 for the 10 classes of MNIST train but received 10 at example 1.',
    );
  });

  const mnist = sharedFile('datasets/mnist');
  it.skipIf(mnist === undefined)('of MNIST give its 70,000 digits', async () => {
    const train = await load('mnist', mnist ?? '');
    const test = await load('mnist', mnist ?? '', { split: 'test' });
    expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...test.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    expect(classCounts(train)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(test.labels).toHaveLength(10_000);
    // The numbers by which everybody normalises MNIST.
    const { mean, std } = statisticsOf(train);
    expect([mean[0], std[0]]).toEqual([expect.closeTo(0.1307, 4), expect.closeTo(0.3081, 4)]);
    const raw = gunzipSync(readFileSync(join(mnist ?? '', 'train-images-idx3-ubyte.gz')));
    expect(pixelsOf(train, 59_999)).toEqual([...raw.subarray(-784)]);
  });
});

/** CIFAR records: the labels, then pixels that count up from the label. */
const record = (...labels: number[]): number[] => [
  ...labels,
  ...Array.from({ length: 3072 }, (_, at) => (at + (labels[0] ?? 0)) % 256),
];

describe('CIFAR records', () => {
  it('are read from all files of the part, in order, in the folder or in the one the archive leaves', async () => {
    const files = {
      'data_batch_2.bin': Uint8Array.from(record(9)),
      'data_batch_1_first.bin': Uint8Array.from([...record(3), ...record(5)]),
      'test_batch.bin': Uint8Array.from(record(1)),
      'readme.html': Uint8Array.of(1),
    };
    const set = await load('cifar10', folderWith(files));
    expect([...set.labels]).toEqual([3, 5, 9]);
    expect(set.shape).toEqual([3, 32, 32]);
    expect(pixelsOf(set, 2)).toEqual(record(9).slice(1));
    expect([...(await load('cifar10', folderWith(files), { split: 'test' })).labels]).toEqual([1]);
    const outer = folderWith({});
    mkdirSync(join(outer, 'cifar-10-batches-bin'));
    writeFileSync(join(outer, 'cifar-10-batches-bin', 'data_batch_1.bin'), Uint8Array.from(record(4)));
    expect([...(await load('cifar10', outer)).labels]).toEqual([4]);
  });

  it('of CIFAR-100 have a coarse and a fine label', async () => {
    const folder = folderWith({ 'train.bin': Uint8Array.from([...record(19, 99), ...record(0, 4)]) });
    const fine = await load('cifar100', folder);
    expect(Array.from(fine.labels, (label) => fine.classes[label])).toEqual(['worm', 'beaver']);
    expect(fine.classes).toHaveLength(100);
    const coarse = await load('cifar100', folder, { params: { labels: 'coarse' } });
    expect(Array.from(coarse.labels, (label) => coarse.classes[label])).toEqual([
      'vehicles 2',
      'aquatic mammals',
    ]);
    expect(coarse.classes).toHaveLength(20);
    expect(pixelsOf(fine, 1)).toEqual(record(0, 4).slice(2));
  });

  it('are refused where a file is cut off or in another format', async () => {
    const cut = folderWith({ 'data_batch_1.bin': Uint8Array.from(record(3).slice(0, 3000)) });
    await expect(load('cifar10', cut)).rejects.toThrow(
      'does not hold a whole number of CIFAR-10 records of 3073 bytes: it has 3000 bytes',
    );
    const wrong = folderWith({ 'data_batch_1.bin': Uint8Array.from(record(10)) });
    await expect(load('cifar10', wrong)).rejects.toThrow('Expected labels from 0 to 9');
  });

  const cifar = sharedFile('datasets/cifar10');
  it.skipIf(cifar === undefined)('of a part of CIFAR-10 are photographs of ten classes', async () => {
    const train = await load('cifar10', cifar ?? '');
    const test = await load('cifar10', cifar ?? '', { split: 'test' });
    expect([train.labels.length, test.labels.length]).toEqual([4000, 1000]);
    expect([train.classes[train.labels[0] ?? -1], test.classes[test.labels[0] ?? -1]]).toEqual([
      'frog',
      'cat',
    ]);
    // Those of the whole set are 0.4914, 0.4822 and 0.4465.
    statisticsOf(train).mean.forEach((mean, channel) => {
      expect(mean).toBeCloseTo([0.4914, 0.4822, 0.4465][channel] ?? 0, 2);
    });
  });
});
