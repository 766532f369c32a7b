import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { catalogue, methodsOf } from '../../core/engine/catalogue.ts';
import { type Tensor, floatsOf } from '../../core/base/tensor.ts';
import { fitPicture } from '../../core/data/fit.ts';
import { readImage } from '../../core/data/image.ts';
import { commands } from '../../core/cli/commands/index.ts';
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

const classes = ['disc', 'square', 'triangle', 'star', 'ring', 'cross', 'heart', 'crescent'];
const methods = methodsOf('explain').map(({ id }) => id);
const compiled = methodsOf('explain').filter(({ compiles }) => compiles);
/** Few samples and steps: the e2e tests look at files, not at accuracy. */
const quick = ['--samples', '16', '--steps', '8'];

/** `star-ring.png` shows a large star and a small ring. */
const [large = '', small = ''] = basename(samples[0] ?? '', '.png').split('-');
const stem = `${large}-${small}`;
const picture = samples[0] ?? '';

const jsonOf = <T>(schema: z.ZodType<T>, text: string): T => schema.parse(JSON.parse(text));

/** Where scenes.py drew the large shapes, in pixels of the network's input. */
const places = {
  'crescent-disc': { x: 68.1, y: 37.1, radius: 25.5 },
  'heart-crescent': { x: 41.4, y: 34.2, radius: 28.6 },
  'ring-disc': { x: 44.4, y: 65.0, radius: 25.6 },
  'star-triangle': { x: 31.0, y: 58.5, radius: 25.8 },
};

afterAll(removeFolders);

describe('loupe in the checkout', () => {
  it('is started by npx', async () => {
    const { code, out } = await loupe(['--help'], { command: ['npx', 'loupe'] });
    expect(code).toBe(0);
    for (const { name } of commands) expect(out).toMatch(new RegExp(`^ {2}${name} .*\\S`, 'm'));
  });

  it('lists every method with its citation', async () => {
    const { out } = await loupeOk('methods');
    const lines = out.split('\n').filter((line) => line.startsWith('  '));
    expect(lines.map((line) => line.trim().split(' ')[0] ?? '').sort()).toEqual([...catalogue.keys()].sort());
    for (const line of lines) expect(line).toMatch(/\(.*\d{4}.*\)$/);
  });
});

describe('loupe info', () => {
  it('counts parameters, multiply-adds and layers of the bundled model, and guesses nothing', async () => {
    const { out, err } = await loupeOk('info', shapes, '--json');
    const found = jsonOf(
      z.object({
        parameters: z.number(),
        multiplyAdds: z.number(),
        classes: z.number(),
        guesses: z.array(z.unknown()),
        withoutGradient: z.array(z.unknown()),
        layers: z.array(z.object({ name: z.string(), shape: z.array(z.number()) })),
      }),
      out,
    );
    expect(err).toBe('');
    expect(found).toMatchObject({ classes: 8, guesses: [], withoutGradient: [] });
    // Eight convolutions (weights and folded batch norms) and the linear layer.
    const channels = [3, 24, 32, 32, 32, 64, 64, 64, 96];
    const places = [48, 24, 24, 24, 12, 12, 12, 12].map((side) => side ** 2);
    const weights = places.map((_, k) => 9 * (channels[k] ?? 0) * (channels[k + 1] ?? 0));
    const biases = channels.slice(1).reduce((sum, count) => sum + count, 0);
    const linear = 96 * 8;
    expect(found.parameters).toBe(weights.reduce((sum, count) => sum + count, biases) + linear + 8);
    const inConvolutions = weights.reduce((sum, count, k) => sum + count * (places[k] ?? 0), 0);
    expect(found.multiplyAdds).toBe(inConvolutions + linear);
    expect(found.layers.at(-1)?.shape).toEqual([1, 96, 12, 12]);
  });
});

describe('loupe predict', () => {
  it('names the large shape of every sample', async () => {
    const { out } = await loupeOk('predict', shapes, ...samples, '--json', '--top', '8');
    const entry = z.object({ label: z.string(), probability: z.number(), logit: z.number() });
    const { images } = jsonOf(
      z.object({ images: z.array(z.object({ path: z.string(), top: z.array(entry) })) }),
      out,
    );
    expect(images.map(({ path }) => path)).toEqual(samples);
    for (const { path, top } of images) {
      expect(top[0]?.label).toBe(basename(path).split('-')[0]);
      expect(top[0]?.probability).toBeGreaterThan(0.9);
      expect(top.map(({ label }) => label).sort()).toEqual([...classes].sort());
      expect(top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    }
  });
});

describe('loupe explain', () => {
  const out = temporaryFolder();
  beforeAll(async () => {
    await loupeOk('explain', shapes, ...samples, '--method', 'all', ...quick, '--out', out);
  });

  it('writes arrays, maps, figures and overlays of every method, and one recipe', () => {
    const stems = samples.map((path) => basename(path, '.png'));
    const expected = stems.flatMap((name) =>
      methods.flatMap((id) =>
        ['.npy', '.map.npy', '.png', '.overlay.png'].map((ending) => `${name}.${id}${ending}`),
      ),
    );
    const sheets = stems.map((name) => `${name}.sheet.png`);
    expect(filesIn(out)).toEqual([...expected, ...sheets, 'recipe.json'].sort());
  });

  it('gives CAM = 144 · Grad-CAM before its ReLU on this net of 12 x 12 places', async () => {
    const folder = temporaryFolder();
    await loupeOk('explain', shapes, picture, '--method', 'gradCam', '--no-relu', '--out', folder);
    const cam = floatsOf(readNpy(join(out, `${stem}.cam.npy`)));
    const gradCam = floatsOf(readNpy(join(folder, `${stem}.gradCam.npy`)));
    const scale = Math.max(...cam.map(Math.abs));
    expect(gradCam).toHaveLength(144);
    expect(scale).toBeGreaterThan(1);
    const differences = cam.map((value, place) => Math.abs(144 * (gradCam[place] ?? 0) - value));
    expect(Math.max(...differences)).toBeLessThan(1e-5 * scale);
  });

  it.each(Object.entries(places))('finds the large shape of %s', (name, { x, y, radius }) => {
    for (const id of ['cam', 'gradCam']) {
      const map = floatsOf(readNpy(join(out, `${name}.${id}.map.npy`)));
      const strongest = map.indexOf(Math.max(...map));
      const distance = Math.hypot((strongest % 96) - x, Math.floor(strongest / 96) - y);
      expect(distance, id).toBeLessThan(radius);
    }
  });

  it('takes the class as a label, as an index, or as the likeliest', async () => {
    const index = String(classes.indexOf(small));
    const [byLabel, byIndex] = [temporaryFolder(), temporaryFolder()];
    const first = await loupeOk('explain', shapes, picture, '--target', small, '--out', byLabel);
    await loupeOk('explain', shapes, picture, '--target', index, '--out', byIndex);
    expect(first.out).toContain(`${small} (class ${index})`);
    const file = `${stem}.gradient.npy`;
    const bytes = readFileSync(join(byLabel, file));
    expect(bytes.equals(readFileSync(join(byIndex, file)))).toBe(true);
    expect(bytes.equals(readFileSync(join(out, file)))).toBe(false);
  });
});

describe('loupe compile', () => {
  it('writes a model that plain ONNX Runtime runs to the numbers of loupe explain', async () => {
    const [out, file] = [temporaryFolder(), join(temporaryFolder(), 'explain.onnx')];
    await loupeOk('explain', shapes, picture, '--method', 'all', ...quick, '--out', out);
    await loupeOk('compile', shapes, '--method', 'all', '--steps', '8', '-o', file);
    const session = await ort.InferenceSession.create(file);
    const { values } = fitPicture(await readImage(join(root, picture)), {
      width: 96,
      height: 96,
      channels: 3,
      resize: { mode: 'shorterSide', size: 96 },
    });
    expect(session.inputNames).toEqual(['image']);
    const results = await session.run({ image: new ort.Tensor('float32', floatsOf(values), values.dims) });
    await session.release();
    const recipe = recipeIn(out);
    const target = recipe.results[0]?.explained;
    const scores = results['scores']?.data as Float32Array;
    expect(scores[target?.class ?? -1]).toBeCloseTo(target?.logit ?? Number.NaN, 4);
    for (const { id } of compiled) {
      expectClose(results[id], readNpy(join(out, `${stem}.${id}.npy`)));
      expectClose(results[`${id}.map`], readNpy(join(out, `${stem}.${id}.map.npy`)));
    }
  });
});

/** The compiled model still has the batch axis. */
function expectClose(found: ort.Tensor | undefined, wanted: Tensor): void {
  const [numbers, reference] = [found?.data as Float32Array, floatsOf(wanted)];
  expect(numbers).toHaveLength(reference.length);
  const scale = Math.max(...reference.map(Math.abs));
  const differences = reference.map((value, index) => Math.abs((numbers[index] ?? Number.NaN) - value));
  expect(Math.max(...differences)).toBeLessThanOrEqual(1e-5 * scale);
}

describe('loupe gradcheck', () => {
  it('finds the compiled gradient of the bundled model right', async () => {
    const { out } = await loupeOk('gradcheck', shapes, '--image', picture, '--layers', 'residual1', '--json');
    const entry = z.object({ layer: z.string(), held: z.number() });
    const { layers } = jsonOf(z.object({ layers: z.array(entry) }), out);
    expect(layers.map(({ layer }) => layer)).toEqual(['image', 'residual1/Relu']);
    for (const { held } of layers) expect(held).toBeLessThan(2e-4);
  });
});

describe('loupe demo', () => {
  it('writes a page without scripts whose links all lead into its folder, in seconds', async () => {
    const out = join(temporaryFolder(), 'demo');
    const startedAt = performance.now();
    const { out: printed } = await loupeOk('demo', '--out', out);
    expect(performance.now() - startedAt).toBeLessThan(60_000);
    expect(printed).toContain(join(out, 'index.html'));
    const page = readFileSync(join(out, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<script|https?:|NaN|undefined/);
    const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) =>
      decodeURIComponent(link),
    );
    const files = new Set(filesIn(out));
    expect(links.filter((link) => !files.has(link))).toEqual([]);
    const scenes = [...files].filter((file) => file.startsWith('scenes/'));
    expect(scenes).toHaveLength(4);
    for (const file of scenes) {
      const name = basename(file, '.png');
      for (const id of methods) expect(links).toContain(`explain/${name}.${id}.png`);
      expect(links).toContain(`attack/${name}.pgd.overview.png`);
      const line = `npx loupe explain models/bundled/gapCnnShapes/gapCnnShapes.onnx ${join(out, file)} --method gradCam`;
      expect(page).toContain(line);
      // It is right about each of them, and the attack changes that.
      expect(page).toMatch(new RegExp(`<h2>${name}\\.png: ${name.replace('-', ' ')}, `));
    }
    expect(links).toContain('features/featureVisualization.features.png');
  }, 120_000);
});
