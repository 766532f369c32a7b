import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { floatsOf } from '../../core/base/tensor.ts';
import {
  filesIn,
  loupeOk,
  readNpy,
  recipeIn,
  removeFolders,
  samples,
  shapes,
  temporaryFolder,
} from './loupe.ts';

afterAll(removeFolders);

const picture = samples[0] ?? '';
const name = basename(picture, '.png');

/** One quick run of every command, and files that it must have written. */
const runs: readonly [command: string, args: readonly string[], files: readonly string[]][] = [
  [
    'explain',
    [shapes, picture, '--method', 'smoothGrad,rise,integratedGradients', '--samples', '8', '--steps', '4'],
    [
      `${name}.smoothGrad.npy`,
      `${name}.rise.png`,
      `${name}.integratedGradients.map.npy`,
      `${name}.sheet.png`,
    ],
  ],
  [
    'attack',
    [shapes, picture, samples[1] ?? '', '--method', 'fgsm,pgd', '--epsilon', '8/255'],
    [`${name}.pgd.adversarial.png`, `${name}.pgd.perturbation.png`, `${name}.fgsm.overview.png`],
  ],
  [
    'robustness',
    [shapes, ...samples, '--attacks', 'noise,fgsm', '--epsilons', '0,4/255,16/255'],
    ['robustness.curve.png', 'robustness.curve.csv', 'robustness.numbers.csv'],
  ],
  [
    'features',
    [shapes, '--layer', 'residual1', '--channels', '0-2', '--steps', '12', '--size', '64'],
    ['featureVisualization.features.png', 'featureVisualization.features.npy'],
  ],
  ['features', [shapes, '--method', 'firstLayerWeights'], ['firstLayerWeights.filters.png']],
  [
    'examples',
    [shapes, 'models/bundled/shapes/samples', '--layer', 'residual1', '--channels', '0,1', '--count', '4'],
    [],
  ],
  [
    'dream',
    [shapes, picture, '--layer', 'residual1', '--octaves', '2', '--iterations', '3'],
    [`${name}.deepDream.dream.png`],
  ],
  [
    'style',
    [shapes, picture, '--style', samples[1] ?? '', '--iterations', '5', '--size', '64'],
    [`${name}.styleTransfer.styled.png`],
  ],
];

describe.each(runs)('loupe %s %j', (command, args, files) => {
  const out = temporaryFolder();

  it('writes its files and a recipe with a hash of each', async () => {
    await loupeOk(command, ...args, '--out', out);
    const written = filesIn(out);
    expect(files.filter((file) => !written.includes(file))).toEqual([]);
    const recipe = recipeIn(out);
    expect(recipe.command).toBe(command);
    const recorded = recipe.results.flatMap(({ files: hashed }) => hashed.map(({ path }) => path));
    expect([...recorded, 'recipe.json'].sort()).toEqual(written);
    for (const file of written.filter((each) => each.endsWith('.npy')))
      expect(floatsOf(readNpy(join(out, file))).every(Number.isFinite), file).toBe(true);
  });

  it('is repeated bit for bit by loupe run', async () => {
    const again = join(temporaryFolder(), 'again');
    const { out: printed, err } = await loupeOk('run', join(out, 'recipe.json'), '--out', again);
    const count = recipeIn(out).results.flatMap(({ files: hashed }) => hashed).length;
    expect(printed).toContain(`${count} of ${count} files are identical`);
    expect(err).not.toContain('differs');
  });
});

describe('loupe diff', () => {
  it('says in what two runs differ, in settings and in numbers', async () => {
    const [left, right] = [temporaryFolder(), temporaryFolder()];
    for (const [out, seed] of [
      [left, '0'],
      [right, '1'],
    ] as const)
      await loupeOk(
        'explain',
        shapes,
        picture,
        '--method',
        'smoothGrad',
        '--samples',
        '4',
        '--seed',
        seed,
        '--out',
        out,
      );
    const recipes = [join(left, 'recipe.json'), join(right, 'recipe.json')];
    const { out: printed } = await loupeOk('diff', ...recipes);
    expect(printed).toMatch(/^seed +0 +1$/m);
    expect(printed).toMatch(
      /smoothGrad\.npy +greatest difference [\d.e-]+ +relative [\d.]+, correlation 0\.\d+/,
    );
    const { out: same } = await loupeOk('diff', recipes[0] ?? '', recipes[0] ?? '');
    expect(same).toBe('The recipes ask for the same and found the same.\n');
  });
});
