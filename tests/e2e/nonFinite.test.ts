import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floatsOf, tensor } from '../../core/base/tensor.ts';
import { saveOnnx } from '../../core/graph/onnx/save.ts';
import { int } from '../../core/graph/ir.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import { type Ended, loupeOk, readNpy, recipeIn, removeFolders, temporaryFolder } from './loupe.ts';

afterAll(removeFolders);

const folder = temporaryFolder();
const [model, picture, out] = ['root.onnx', 'half.png', 'out'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const side = 16;

/** Scores mean √(w·x): at black pixels the derivative of the root is infinite, and 0 · ∞ is NaN. Or mean log(w·x). */
function saveRootNet(logarithm: boolean): void {
  const b = newBuilder();
  const x = b.input('x', { type: 'float32', shape: [1, 3, side, side] });
  const weights = tensor('float32', Float32Array.from([1, 1, 1, 0, 1, 1]), [2, 3, 1, 1]);
  const maps = b.add('Conv', [x, b.setConstant('w', weights)], {}, { name: 'conv' });
  const roots = b.add(logarithm ? 'Log' : 'Sqrt', [maps], {}, { name: 'root' });
  const pooled = b.add('GlobalAveragePool', [roots]);
  const scores = b.add('Flatten', [pooled], { axis: int(1) }, { name: 'scores' });
  saveOnnx(b.build([scores]), model);
}

async function explain(...methods: string[]): Promise<Ended> {
  return loupeOk('explain', model, picture, '--method', methods.join(','), '--out', out);
}

beforeAll(async () => {
  const plain = { mean: [0, 0, 0], std: [1, 1, 1], range: [0, 1] };
  writeFileSync(join(folder, 'root.card.json'), JSON.stringify({ input: plain }));
  // The left half is black, the right half white.
  const white = { create: { width: side / 2, height: side, channels: 3 as const, background: '#ffffff' } };
  const right = await sharp(white).png().toBuffer();
  await sharp({ create: { width: side, height: side, channels: 3, background: '#000000' } })
    .composite([{ input: right, left: side / 2, top: 0 }])
    .png()
    .toFile(picture);
});

describe('numbers that are none', () => {
  it('are counted, said and drawn as a chequer, in the map where they are and nowhere else', async () => {
    saveRootNet(false);
    const { err } = await explain('inputXGradient');
    const bad = (side * side) / 2;
    expect(err).toContain(`warning: ${3 * bad} elements of "inputXGradient" are NaN or infinite`);
    const recipe = recipeIn(out);
    expect(recipe.results[0]?.nonFinite).toEqual({ inputXGradient: 3 * bad, 'inputXGradient.map': bad });
    const map = floatsOf(readNpy(join(out, 'half.inputXGradient.map.npy')));
    const { data } = await sharp(join(out, 'half.inputXGradient.overlay.png'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    map.forEach((value, pixel) => {
      const chequer =
        (((pixel % side) >> 1) + (Math.floor(pixel / side) >> 1)) % 2 === 0 ? [255, 0, 255] : [0, 0, 0];
      const drawn = [...data.subarray(pixel * 3, pixel * 3 + 3)];
      expect(Number.isFinite(value)).toBe(pixel % side >= side / 2);
      if (Number.isFinite(value)) expect(drawn).not.toEqual([255, 0, 255]);
      else expect(drawn).toEqual(chequer);
    });
  });

  it('as scores make a recipe that can be read and repeated', async () => {
    saveRootNet(true);
    const { err } = await explain('gradient');
    expect(err).toContain('warning: 2 elements of "scores" are NaN or infinite');
    const again = await loupeOk('run', join(out, 'recipe.json'), '--out', `${out}-again`);
    expect(again.out).toContain('4 of 4 files are identical');
  });
});
