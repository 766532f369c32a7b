import { afterAll, describe, expect, it } from 'vitest';
import { clopperPearson } from '../../../core/base/binomial.ts';
import { normals, seededRandom } from '../../../core/base/random.ts';
import { floatsOf } from '../../../core/base/tensor.ts';
import { withDefences } from '../../../core/defences/stage.ts';
import { MethodContext, drain } from '../../../core/method/context.ts';
import { requestOf } from '../../../core/method/define.ts';
import { exampleOf } from '../../../core/method/batches.ts';
import { robustness } from '../../../core/metrics/robustness.ts';
import type { MethodRequest } from '../../../core/protocol/method.ts';
import type { CurveResult, Result, TableResult } from '../../../core/protocol/results.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { affineModel, latticeImages } from '../../conformance/checks/attackModels.ts';
import { labelledPictures } from './labelledPictures.ts';

const shape = [1, 4, 5] as const;
const count = 40;
const weights = [...normals(seededRandom(2), 20)];
const bias = -weights.reduce((sum, w) => sum + w / 2, 0);
/** z = (0, w·x + b): the network is a hyperplane. */
const model = affineModel({ shape, weights: [weights.map(() => 0), weights], biases: [0, bias] });
// Far enough from black and white for perturbations up to 0.3 to be free.
const images = latticeImages(count, shape, { seed: 5, least: 80, greatest: 175 });
const margins = Array.from({ length: count }, (_, row) =>
  floatsOf(exampleOf(images, row)).reduce((sum, x, i) => sum + x * (weights[i] ?? 0), bias),
);
/** The right class of every eighth picture is not what the network says. */
const labels = margins.map((margin, row) => (row % 8 === 3 ? Number(margin <= 0) : Number(margin > 0)));
const right = labels.map((label, row) => label === Number((margins[row] ?? 0) > 0));
const l1 = weights.reduce((sum, w) => sum + Math.abs(w), 0);
const l2 = Math.hypot(...weights);

/** The share that is right and further than `epsilon` from the hyperplane; no picture may be too near to call. */
function exactShare(epsilon: number, norm: number, factor = 1): number {
  const distances = margins.map((margin) => (factor * Math.abs(margin)) / norm);
  expect(Math.min(...distances.map((distance) => Math.abs(distance - epsilon)))).toBeGreaterThan(1e-5);
  return distances.filter((distance, row) => right[row] === true && distance > epsilon).length / count;
}

const runtime = new Runtime({ threads: 1 });
afterAll(async () => runtime.dispose());

interface Setting {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly labels?: readonly (number | undefined)[];
  readonly defences?: readonly MethodRequest[];
}

async function evaluate({
  params = {},
  labels: given = labels,
  defences,
}: Setting): Promise<readonly Result[]> {
  const context = new MethodContext({
    model,
    runtime,
    ...(defences === undefined ? {} : { stage: (network) => withDefences(network, defences) }),
  });
  const run = { context, images: labelledPictures(images, given) };
  return drain(robustness.run(run, requestOf(robustness, params).params));
}

const curveOf = (results: readonly Result[]): CurveResult =>
  results.find((result): result is CurveResult => result.type === 'curve') ?? expect.fail('no curve');

const tableOf = (results: readonly Result[], name: string): TableResult =>
  results.find((result): result is TableResult => result.type === 'table' && result.name === name) ??
  expect.fail(`no table ${name}`);

const series = (curve: CurveResult, label: string) =>
  curve.series.find((one) => one.label === label) ?? expect.fail(`no series ${label}`);

const epsilons = [0, 0.004, 0.012, 0.03, 0.06, 0.1];

describe('the robust accuracy of a hyperplane', () => {
  it('in L∞ is the share with a margin beyond ε‖w‖₁, for FGSM, PGD and the worst case', async () => {
    const results = await evaluate({ params: { epsilons: epsilons.toReversed() } });
    const curve = curveOf(results);
    const wanted = epsilons.map((epsilon) => exactShare(epsilon, l1));
    expect(new Set(wanted).size).toBeGreaterThanOrEqual(5);
    expect(wanted[0]).toBe(35 / 40);
    expect(curve.x.values).toEqual(epsilons);
    for (const label of ['FGSM', 'PGD', 'worst case']) expect(series(curve, label).y).toEqual(wanted);
    const noise = series(curve, 'Random noise').y;
    noise.forEach((share, at) => expect(share).toBeGreaterThanOrEqual(wanted[at] ?? 1));
    expect(noise.at(-1)).toBeGreaterThan(wanted.at(-1) ?? 1);
    expect(curve.notes?.filter((note) => note.includes('gradient of the loss'))).toEqual([]);
    expect(curve.facts).toContainEqual({ label: 'Signs of masked gradients', value: 0 });
  });

  it('in L2 is the share with a margin beyond ε‖w‖₂, and DeepFool, which has no ball, finds it to its overshoot', async () => {
    const radii = [0, 0.02, 0.06, 0.13, 0.25];
    const results = await evaluate({
      params: { attacks: ['fgsm', 'deepFool', 'fgsm'], epsilons: radii, norm: 'l2' },
    });
    const curve = curveOf(results);
    expect(curve.series.map(({ label }) => label)).toEqual(['FGSM', 'DeepFool', 'worst case']);
    expect(series(curve, 'FGSM').y).toEqual(radii.map((radius) => exactShare(radius, l2)));
    expect(series(curve, 'DeepFool').y).toEqual(radii.map((radius) => exactShare(radius, l2, 1.02)));
  });

  it('comes with the intervals of Clopper and Pearson and the same numbers in its table', async () => {
    const results = await evaluate({ params: { epsilons, attacks: ['fgsm'], checks: false } });
    const worst = series(curveOf(results), 'worst case');
    worst.y.forEach((share, at) => {
      const { low, high } = clopperPearson(Math.round(share * count), count);
      expect([worst.low?.[at], worst.high?.[at]]).toEqual([low, high]);
    });
    const table = tableOf(results, 'numbers');
    expect(table.columns.map(({ title }) => title)).toEqual([
      'ε',
      'FGSM',
      'worst case',
      'low',
      'high',
      'pictures',
    ]);
    table.rows.forEach((row, at) => {
      expect(row.slice(1, 3)).toEqual([worst.y[at], worst.y[at]].map((share) => Number(share?.toFixed(4))));
      expect(row[5]).toBe(Math.round((worst.y[at] ?? 0) * count));
    });
  });

  it('names for each picture the least ε at which it falls, and to what', async () => {
    const results = await evaluate({ params: { epsilons, attacks: ['noise', 'fgsm'] } });
    const table = tableOf(results, 'pictures');
    expect(table.rows).toHaveLength(count);
    table.rows.forEach(([name, label, fall, by], row) => {
      expect([name, label]).toEqual([`picture${row}.png`, `class ${labels[row]}`]);
      const distance = Math.abs(margins[row] ?? 0) / l1;
      const least = epsilons.find((epsilon) => epsilon > distance);
      if (right[row] !== true) expect([fall, by]).toEqual(['0', 'no attack: wrong as it is']);
      else if (least === undefined) expect([fall, by]).toEqual(['withstood', '']);
      else expect([fall, String(by).endsWith('FGSM')]).toEqual([String(least), true]);
    });
  });

  it('without labels is agreement, and says so', async () => {
    const results = await evaluate({
      params: { epsilons, attacks: ['fgsm'] },
      labels: labels.map((label, row) => (row < 10 ? label : undefined)),
    });
    const curve = curveOf(results);
    expect(curve.y.label).toBe('accuracy or agreement');
    expect(curve.notes?.join(' ')).toContain('No label was given for 30 of 40 pictures');
    const none = curveOf(
      await evaluate({ params: { epsilons, attacks: ['fgsm'] }, labels: labels.map(() => undefined) }),
    );
    expect(none.y.label).toBe('agreement with the clean prediction');
    expect(none.series[0]?.y[0]).toBe(1);
  });
});

describe('the robustness of a network behind a stage that rounds', () => {
  const stage = (backward: string): MethodRequest[] => [{ id: 'bitDepth', params: { bits: 4, backward } }];

  it('is overrated where the stage hides the gradient, which is noticed', async () => {
    const curve = curveOf(
      await evaluate({ params: { epsilons, oblivious: false }, defences: stage('exact') }),
    );
    const fgsm = series(curve, 'FGSM').y;
    expect(new Set(fgsm).size).toBe(1);
    expect(curve.notes?.[0]).toContain('The gradient of the loss is exactly zero for 40 of 40 pictures');
    expect(curve.notes?.[1]).toContain('where chance does better');
    expect(curve.facts).toContainEqual({ label: 'Signs of masked gradients', value: 2 });
  });

  it('is found by attacks that pass straight through it', async () => {
    const curve = curveOf(await evaluate({ params: { epsilons }, defences: stage('straightThrough') }));
    const clean = series(curve, 'PGD').y[0] ?? 0;
    expect(series(curve, 'PGD').y.at(-1)).toBeLessThan(clean / 2);
    expect(curve.facts).toContainEqual({ label: 'Signs of masked gradients', value: 0 });
    const worst = series(curve, 'worst case').y;
    const each = curve.series.filter(({ label }) => label !== 'worst case');
    expect(each.map(({ label }) => label)).toEqual(['Random noise', 'FGSM', 'PGD', 'oblivious attacks']);
    worst.forEach((share, at) => {
      for (const { y } of each) expect(share).toBeLessThanOrEqual(y[at] ?? 0);
    });
  });

  it('falls to attacks that know nothing of the stage, too, even where it hides the gradient', async () => {
    const curve = curveOf(await evaluate({ params: { epsilons }, defences: stage('exact') }));
    expect(series(curve, 'oblivious attacks').y.at(-1)).toBeLessThan(series(curve, 'PGD').y.at(-1) ?? 0);
    expect(curve.notes?.at(-1)).toContain('Oblivious attacks look at the network without its defences');
  });
});

describe('an evaluation of robustness', () => {
  it('repeats itself, and reports progress up to its end', async () => {
    const context = new MethodContext({ model, runtime });
    const run = { context, images: labelledPictures(images, labels) };
    const { params } = requestOf(robustness, { epsilons: [0.02], steps: 3 });
    const shares: number[] = [];
    const results = await drain(robustness.run(run, params), ({ done, total }) => shares.push(done / total));
    expect(shares.length).toBeGreaterThan(5);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
    expect(await evaluate({ params: { epsilons: [0.02], steps: 3 } })).toEqual(results);
  });

  it('refuses what it cannot do in a sentence', async () => {
    await expect(evaluate({ params: { attacks: ['pdg'] } })).rejects.toThrow(
      'There is no attack "pdg". Did you mean "pgd"?',
    );
    await expect(evaluate({ params: { attacks: ['bim'], norm: 'l2' } })).rejects.toThrow(
      'Expected attacks in the norm l2 for the evaluation but received BIM, which knows linf only.',
    );
    await expect(evaluate({ labels: [] })).rejects.toThrow('received none');
    await expect(evaluate({ labels: labels.with(0, 7) })).rejects.toThrow('Expected a class from 0 to 1');
  });
});
