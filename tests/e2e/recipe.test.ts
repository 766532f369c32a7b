import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../core/base/files.ts';
import { type Recipe, recipeSchema } from '../../core/protocol/recipe.ts';
import { filesIn, loupe, loupeOk, removeFolders, root, samples, shapes, temporaryFolder } from './loupe.ts';

afterAll(removeFolders);

const folder = temporaryFolder();
const [picture, out] = [join(folder, 'picture.png'), join(folder, 'out')];
const recipePath = join(out, 'recipe.json');

const readRecipe = (path: string): Recipe => recipeSchema.parse(JSON.parse(readFileSync(path, 'utf8')));

beforeAll(async () => {
  copyFileSync(join(root, samples[0] ?? ''), picture);
  const methods = 'gradCam,guidedBackprop';
  await loupeOk('explain', shapes, picture, '--method', methods, '--layer', 'residual1', '--out', out);
});

describe('recipe.json', () => {
  it('names what decided the run, and every file by its hash', () => {
    const recipe = readRecipe(recipePath);
    expect(recipe).toMatchObject({
      schema: 'loupe-recipe/2',
      command: 'explain',
      device: 'cpu',
      fallbacks: [],
      target: { kind: 'class', class: 'top', of: 'logit' },
      seed: 0,
      guesses: [],
      model: { path: shapes, sha256: sha256(readFileSync(join(root, shapes))) },
      images: [{ path: picture, sha256: sha256(readFileSync(picture)) }],
      methods: [
        { id: 'gradCam', params: { layer: 'residual1', relu: true } },
        { id: 'guidedBackprop', params: { channels: 'signed' } },
      ],
    });
    const [result] = recipe.results;
    expect(result?.nonFinite).toEqual({});
    expect(result?.layers['gradCam']).toEqual(['residual1/Relu']);
    expect([...(result?.files ?? []).map(({ path }) => path), 'recipe.json'].sort()).toEqual(filesIn(out));
    for (const { path, sha256: recorded } of result?.files ?? [])
      expect(sha256(readFileSync(join(out, path)))).toBe(recorded);
  });
});

describe('loupe run', () => {
  it('repeats every file bit for bit and says so', async () => {
    const again = join(folder, 'again');
    const { out: printed, err } = await loupeOk('run', recipePath, '--out', again);
    expect(printed).toBe(`9 of 9 files are identical to the recorded run, in ${again}\n`);
    expect(err).toBe('');
    expect(filesIn(again)).toEqual(filesIn(out));
    for (const file of filesIn(out))
      expect(readFileSync(join(again, file)).equals(readFileSync(join(out, file))), file).toBe(true);
  });

  it('repeats with the card of the recipe even when there is another beside the model now', async () => {
    const [model, card] = ['moved.onnx', 'moved.card.json'].map((name) => join(folder, name));
    copyFileSync(join(root, shapes), model ?? '');
    copyFileSync(join(root, shapes.replace('.onnx', '.card.json')), card ?? '');
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    await loupeOk('explain', model ?? '', picture, '--method', 'gradient', '--out', first);
    const changed = JSON.parse(readFileSync(card ?? '', 'utf8')) as { input: { mean: number[] } };
    changed.input.mean = [0, 0, 0];
    writeFileSync(card ?? '', JSON.stringify(changed));
    const { out: printed } = await loupeOk('run', join(first, 'recipe.json'), '--out', second);
    expect(printed).toContain('4 of 4 files are identical');
  });

  it('names a picture that has changed, with both hashes, and fails', async () => {
    const other = join(folder, 'changed.json');
    copyFileSync(join(root, samples[1] ?? ''), join(folder, 'other.png'));
    const recipe = readRecipe(recipePath);
    const recorded = recipe.images[0]?.sha256 ?? '';
    const images = [{ path: join(folder, 'other.png'), sha256: recorded }];
    writeFileSync(other, JSON.stringify({ ...recipe, images }));
    const { code, err } = await loupe(['run', other, '--out', join(folder, 'changed')]);
    const found = sha256(readFileSync(join(folder, 'other.png')));
    expect(code).toBe(1);
    expect(err).toContain(
      `other.png is not the file of the recipe (sha256 ${found.slice(0, 12)}… instead of ${recorded.slice(0, 12)}…).`,
    );
    expect(err).toMatch(/^loupe: 9 of 9 files differ from the recorded run\.$/m);
  });

  it.each([
    ['no JSON', '{', 'no JSON'],
    ['another file', '{"schema":"other"}', 'no recipe of this version of Loupe: "schema"'],
  ])('refuses a recipe that is %s in one sentence', async (_, content, sentence) => {
    const path = join(folder, 'bad.json');
    writeFileSync(path, content);
    const { code, out: printed, err } = await loupe(['run', path, '--out', join(folder, 'bad')]);
    expect({ code, printed }).toEqual({ code: 1, printed: '' });
    expect(err).toMatch(/^loupe: .*\n$/);
    expect(err).toContain(sentence);
  });
});
