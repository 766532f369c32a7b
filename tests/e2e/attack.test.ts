import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { floatsOf } from '../../core/base/tensor.ts';
import { fitPicture } from '../../core/data/fit.ts';
import { readImage } from '../../core/data/image.ts';
import { openModel } from '../../core/model/model.ts';
import {
  filesIn,
  loupe,
  loupeOk,
  readNpy,
  recipeIn,
  removeFolders,
  root,
  samples,
  shapes,
  temporaryFolder,
} from './loupe.ts';

afterAll(removeFolders);

const picture = samples[0] ?? '';
const name = basename(picture, '.png');

describe('loupe attack', () => {
  const out = temporaryFolder();

  it('saves a PNG that fools the network when it is read again as it is, within the budget', async () => {
    const { out: printed } = await loupeOk(
      'attack',
      shapes,
      picture,
      '--method',
      'pgd',
      '--epsilon',
      '16/255',
      '--out',
      out,
    );
    expect(printed).toMatch(/pgd/);
    const file = join(out, `${name}.pgd.adversarial.png`);
    const { out: predicted } = await loupeOk('predict', shapes, file, '--as-is', '--json', '--top', '1');
    const { images } = JSON.parse(predicted) as { images: { top: { label: string }[] }[] };
    expect(images[0]?.top[0]?.label).not.toBe(name.split('-')[0]);
    const saved = await readImage(file);
    const array = floatsOf(readNpy(join(out, `${name}.pgd.adversarial.npy`)));
    const plane = saved.width * saved.height;
    array.forEach((value, at) => {
      const byte = saved.rgb[(at % plane) * 3 + Math.floor(at / plane)];
      expect(Math.abs(value * 255 - (byte ?? Number.NaN))).toBeLessThan(1e-4);
    });
  });

  it('reaches a class that is named', async () => {
    const folder = temporaryFolder();
    await loupeOk(
      'attack',
      shapes,
      picture,
      '--method',
      'pgd',
      '--target',
      'cross',
      '--epsilon',
      '24/255',
      '--steps',
      '20',
      '--out',
      folder,
    );
    const { out: predicted } = await loupeOk(
      'predict',
      shapes,
      join(folder, `${name}.pgd.adversarial.png`),
      '--as-is',
      '--json',
      '--top',
      '1',
    );
    expect(predicted).toContain('"label": "cross"');
  });

  it('takes right classes from a file and leaves a picture alone that is wrong already', async () => {
    const [labels, folder] = [join(temporaryFolder(), 'labels.csv'), temporaryFolder()];
    writeFileSync(labels, `${picture},cross\n`);
    await loupeOk('attack', shapes, picture, '--labels', labels, '--method', 'fgsm', '--out', folder);
    expect(recipeIn(folder).images[0]?.label).toBe(5);
    const perturbation = floatsOf(readNpy(join(folder, `${name}.fgsm.perturbation.npy`)));
    expect(new Set(perturbation)).toEqual(new Set([0.5]));
  });

  it('goes through a defence, which the recipe names', async () => {
    const folder = temporaryFolder();
    await loupeOk(
      'attack',
      shapes,
      picture,
      '--defence',
      'jpeg:quality=60',
      '--method',
      'fgsm',
      '--out',
      folder,
    );
    expect(recipeIn(folder).defences[0]).toMatchObject({ id: 'jpeg', params: { quality: 60 } });
  });
});

describe('loupe attack', () => {
  it.each([
    [
      'an unknown method',
      ['--method', 'pdg'],
      'There is no method "pdg" for "loupe attack". Did you mean "pgd"',
    ],
    [
      'a method of another command',
      ['--method', 'gradCam'],
      'gradCam is not run by "loupe attack" but by "loupe explain".',
    ],
    [
      'a budget that is no number',
      ['--epsilon', 'two'],
      'Expected a number or a fraction such as 8/255 for --epsilon but received "two".',
    ],
    ['an unknown defence', ['--defence', 'jpg'], 'There is no defence "jpg". Did you mean "jpeg"?'],
    ['a channel as its target', ['--target', 'channel:residual1:0'], 'give a class as the target'],
  ])('refuses %s in one sentence', async (_, flags, sentence) => {
    const folder = join(temporaryFolder(), 'nothing');
    const { code, err } = await loupe(['attack', shapes, picture, ...flags, '--out', folder]);
    expect(code).toBe(1);
    expect(err).toMatch(/^loupe: .*\n$/);
    expect(err).toContain(sentence);
    expect(filesIn(folder)).toEqual([]);
  });
});

describe('loupe compile of an attack', () => {
  it('writes a model whose images fool the network inside the budget', async () => {
    const file = join(temporaryFolder(), 'fgsm.onnx');
    await loupeOk('compile', shapes, '--method', 'fgsm', '--epsilon', '16/255', '-o', file);
    const session = await ort.InferenceSession.create(file);
    const { card } = await openModel(join(root, shapes));
    const image = floatsOf(fitPicture(await readImage(join(root, picture)), card.input).values);
    const found = await session.run({ image: new ort.Tensor('float32', image, [1, 3, 96, 96]) });
    await session.release();
    const adversarial = found['fgsm']?.data as Float32Array;
    expect(
      Math.max(...adversarial.map((value, at) => Math.abs(value - (image[at] ?? 0)))),
    ).toBeLessThanOrEqual(16 / 255 + 1e-6);
    const topOf = (scores: Float32Array) => scores.indexOf(Math.max(...scores));
    const [before, after] = ['scores', 'fgsm.scores'].map((output) =>
      topOf(found[output]?.data as Float32Array),
    );
    expect(after).not.toBe(before);
  });
});
