import { afterAll, describe, expect, it } from 'vitest';
import { type AttackReport, attackImages, attackResults, runAttack } from '../../core/attacks/attack.ts';
import { attackOf, attacks } from '../../core/attacks/registry.ts';
import { classify } from '../../core/attacks/shared/classify.ts';
import { rowOf } from '../../core/attacks/shared/rows.ts';
import { topOf } from '../../core/attacks/shared/verdict.ts';
import { float32, floatsOf, int64, tensor } from '../../core/base/tensor.ts';
import { withDefences } from '../../core/defences/stage.ts';
import { MethodContext, type MethodContextOptions, drain } from '../../core/method/context.ts';
import { requestOf } from '../../core/method/define.ts';
import { classIndex } from '../../core/model/objective.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import type { Progress } from '../../core/protocol/results.ts';
import { outputOf } from '../../core/runtime/program.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { affineModel, latticeImages, sensitiveModel } from './checks/attackModels.ts';

const runtime = new Runtime({ device: 'cpu', threads: 1 });
const [side, count] = [16, 8];
const model = sensitiveModel(side, 1);
const images = latticeImages(count, [3, side, side], { seed: 9 });
const purposes = Array.from({ length: count }, (_, index) => `image ${index}`);

/** Enough memory for a few images, but not for eight. */
const little = 2 ** 17;

afterAll(async () => {
  await runtime.dispose();
});

const contextOf = (options: Partial<MethodContextOptions> = {}): MethodContext =>
  new MethodContext({ model, runtime, seed: 1, ...options });

async function topsOf(context: MethodContext): Promise<number[]> {
  const logits = await classify(context, images);
  return purposes.map((_, index) => topOf(rowOf(logits, index)));
}

async function attack(
  context: MethodContext,
  id: string,
  params: Record<string, unknown>,
  goal: { targeted?: boolean; classes?: readonly number[] } = {},
): Promise<AttackReport> {
  const classes = goal.classes ?? (await topsOf(context));
  const full = { images, classes, targeted: goal.targeted ?? false, purposes };
  return drain(attackImages(context, requestOf(attackOf(id), params), full));
}

const quick: Readonly<Record<string, Record<string, unknown>>> = {
  carliniWagner: { steps: 20, searches: 3 },
  lbfgs: { iterations: 10, searches: 3 },
};

describe('attacks in batches', () => {
  it('are the same whether all images fit into memory or few', async () => {
    for (const id of ['fgsm', 'pgd', 'miFgsm', 'noise', 'deepFool', 'carliniWagner', 'lbfgs']) {
      const whole = await attack(contextOf(), id, quick[id] ?? {});
      const cut = await attack(contextOf({ memoryBytes: little }), id, quick[id] ?? {});
      const differences = floatsOf(cut.raw).map((value, i) =>
        Math.abs(value - (floatsOf(whole.raw)[i] ?? Number.NaN)),
      );
      expect(Math.max(...differences), id).toBeLessThanOrEqual(1e-5);
    }
  });

  it('use one program for all chunks and all ε', async () => {
    const compiled = new Set<string>();
    class Counting extends MethodContext {
      override async program(
        ...[key, emit]: Parameters<MethodContext['program']>
      ): ReturnType<MethodContext['program']> {
        compiled.add(key);
        return super.program(key, emit);
      }
    }
    const context = new Counting({ model, runtime, memoryBytes: little });
    for (const epsilon of [1 / 255, 4 / 255])
      await attack(context, 'pgd', { epsilon, steps: 3, restarts: 2 });
    const steps = [...compiled].filter((key) => key.startsWith('attack/step/'));
    expect(steps).toHaveLength(1);
    const batch = Number(steps[0]?.split('/')[2]);
    expect(batch).toBeGreaterThan(1);
    expect(batch).toBeLessThan(count);
  });
});

describe('progress', () => {
  it.each([...attacks.keys()])('of %s rises to at most its total, and cancelling ends it', async (id) => {
    const request = requestOf(attackOf(id), { ...quick[id], ...(id === 'pgd' ? { restarts: 2 } : {}) });
    const classes = await topsOf(contextOf());
    const goal = { images, classes, targeted: false, purposes };
    const seen: Progress[] = [];
    await drain(attackImages(contextOf({ memoryBytes: little }), request, goal), (step) => seen.push(step));
    expect(seen.length).toBeGreaterThan(0);
    seen.forEach(({ done, total }, at) => {
      expect(done).toBeGreaterThanOrEqual(seen[at - 1]?.done ?? 0);
      expect(done).toBeLessThanOrEqual(total);
    });
    const controller = new AbortController();
    const run = drain(attackImages(contextOf({ signal: controller.signal }), request, goal), () => {
      controller.abort();
    });
    await expect(run).rejects.toThrow(/^Cancelled\.$/);
  });
});

describe('FGSM as a graph', () => {
  it.each([
    ['linf', false],
    ['linf', true],
    ['l2', false],
  ] as const)('makes the images of its run (%s, targeted %s)', async (norm, targeted) => {
    const context = contextOf();
    const params = { norm, epsilon: norm === 'linf' ? 3 / 255 : 0.5 };
    const tops = await topsOf(context);
    const classes = targeted ? tops.map((index) => (index + 1) % 5) : tops;
    const report = await attack(context, 'fgsm', params, { targeted, classes });
    const network = context.network(count);
    const b = newBuilder(network.graph);
    const given = targeted ? b.constant(int64(classes)) : classIndex(b, network, 'top');
    const fgsm = attackOf('fgsm');
    const emitted =
      fgsm.emit?.({ b, network, classes: given, targeted }, requestOf(fgsm, params).params) ?? '';
    const program = await runtime.compile(b.build([emitted]));
    const result = outputOf(await program.run({ [network.image]: images }), emitted);
    const differences = floatsOf(result).map((value, i) =>
      Math.abs(value - (floatsOf(report.raw)[i] ?? Number.NaN)),
    );
    expect(Math.max(...differences)).toBeLessThanOrEqual(1e-6);
  });
});

describe('gradients', () => {
  it('pass a defence by its own backward rules', async () => {
    const stage = (backward: string): Partial<MethodContextOptions> => ({
      stage: (network) => withDefences(network, [{ id: 'bitDepth', params: { bits: 4, backward } }]),
    });
    const params = { epsilon: 8 / 255, steps: 10, randomStart: false };
    const through = await attack(contextOf(stage('straightThrough')), 'pgd', params);
    const masked = await attack(contextOf(stage('exact')), 'pgd', params);
    const succeeded = ({ examples }: AttackReport): number =>
      examples.filter(({ status }) => status === 'succeeded').length;
    expect(succeeded(through)).toBeGreaterThanOrEqual(6);
    // The true derivative of rounding is 0: no pixel moves.
    expect(masked.examples.map(({ norms }) => norms.linf)).toEqual(new Array(count).fill(0));
  });

  it('do not fade in a network that is sure beyond what float32 tells from 1', async () => {
    const length = 3 * 8 * 8;
    const w = Array.from({ length }, (_, i) => 200 * (i % 2 === 0 ? 1 : -1));
    const grey = tensor('float32', new Float32Array(length).fill(Math.fround(128 / 255)), [1, 3, 8, 8]);
    // Logits 500, 0 and −3000: the probability of the class is 1, and the one that is next leads nothing.
    const sure = affineModel({ shape: [3, 8, 8], weights: [w, w.map(() => 0), w], biases: [500, 0, -3000] });
    const context = new MethodContext({ model: sure, runtime });
    for (const id of ['fgsm', 'bim', 'pgd', 'miFgsm']) {
      const request = requestOf(attackOf(id), id === 'pgd' ? { randomStart: false } : {});
      const goal = { images: grey, classes: [0], targeted: false, purposes: ['sure'] };
      const report = await drain(attackImages(context, request, goal));
      // 500 − 192 · 200 · 8/255 = −705.
      expect(report.examples[0]?.status, id).toBe('succeeded');
      expect(report.examples[0]?.norms.linf, id).toBeCloseTo(8 / 255, 6);
    }
  });

  it('of the margin look at the other classes where all logits are negative', async () => {
    const length = 3 * 8 * 8;
    const weights = [1, 2, 3].map((k) => Array.from({ length }, (_, i) => Math.sin(k * (i + 1))));
    const grey = tensor('float32', new Float32Array(length).fill(Math.fround(128 / 255)), [1, 3, 8, 8]);
    const biases = weights.map((w, k) => -50 - k - w.reduce((sum, value) => sum + (value * 128) / 255, 0));
    const context = new MethodContext({ model: affineModel({ shape: [3, 8, 8], weights, biases }), runtime });
    const goal = { images: grey, classes: [0], targeted: false, purposes: ['negative'] };
    const params = { loss: 'margin', steps: 1, stepSize: 1e-3, randomStart: false };
    const { raw } = await drain(attackImages(context, requestOf(attackOf('pgd'), params), goal));
    const moved = [...floatsOf(raw)].map((value, i) => Math.sign(value - (floatsOf(grey)[i] ?? 0)));
    // Class 1 is next; a zero in the place of class 0 would leave −z₀ alone.
    const wanted = weights[0]?.map((own, i) => Math.sign((weights[1]?.[i] ?? 0) - own));
    expect(moved).toEqual(wanted);
  });
});

describe('what is refused', () => {
  const goal = { images, classes: purposes.map(() => 0), targeted: false, purposes };
  const refusal = async (changes: Partial<typeof goal>, id = 'fgsm'): Promise<string> =>
    drain(runAttack(contextOf(), attackOf(id), requestOf(attackOf(id)).params, { ...goal, ...changes })).then(
      () => 'nothing',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );

  it('are classes that do not exist, images of another size, lists of another length, and targets of DeepFool', async () => {
    expect(await refusal({ classes: purposes.map(() => 5) })).toBe(
      'Expected a class from 0 to 4 for an attack but received 5.',
    );
    expect(await refusal({ images: float32(new Float32Array(3 * 64), [1, 3, 8, 8]) })).toBe(
      'Expected images of shape nx3x16x16 for an attack but received 1x3x8x8.',
    );
    expect(await refusal({ purposes: ['one'] })).toBe(
      'Expected 8 purposes, one an image, for an attack but received 1.',
    );
    expect(await refusal({ targeted: true }, 'deepFool')).toMatch(
      /^DeepFool looks for the nearest other class/,
    );
    expect(
      await refusal({
        images: float32(
          floatsOf(images).map((x) => x * 0.999),
          images.dims,
        ),
      }),
    ).toMatch(/^Expected pixels of 8-bit pictures/);
  });
});

describe('the results of an example', () => {
  it('are the picture that is saved, its perturbation, the probabilities, and the course of the search', async () => {
    const context = contextOf();
    const tops = await topsOf(context);
    const method = requestOf(attackOf('pgd'), { epsilon: 4 / 255, steps: 6 });
    const report = await attack(context, 'pgd', { epsilon: 4 / 255, steps: 6 });
    const goal = { images, classes: tops, targeted: false, purposes };
    const [picture, perturbation, table, ...curves] = attackResults(report, 1, { model, method, goal });
    if (picture?.type !== 'image' || perturbation?.type !== 'image' || table?.type !== 'table') {
      throw new Error('The results have other types.');
    }
    expect([picture.name, picture.exact, perturbation.name]).toEqual(['adversarial', true, 'perturbation']);
    expect([...floatsOf(picture.image)]).toEqual([...rowOf(report.adversarial, 1)]);
    expect(picture.image.dims).toEqual([3, side, side]);
    const delta = (i: number): number => (rowOf(report.adversarial, 1)[i] ?? 0) - (rowOf(images, 1)[i] ?? 0);
    for (const [i, value] of floatsOf(perturbation.image).entries()) {
      expect(value).toBeCloseTo(Math.min(1, Math.max(0, 0.5 + 10 * delta(i))), 5);
    }
    expect(perturbation.title).toContain('×10');
    const facts = Object.fromEntries((picture.facts ?? []).map(({ label, value }) => [label, value]));
    expect(facts['ε (L∞)']).toBe('4/255');
    expect(facts['L∞ norm']).toBe('4/255');
    expect(facts['Outcome']).toBe('the saved picture fools the network');
    expect(facts['Class to leave']).toBe(`class ${tops[1]}`);
    expect(table.rows).toHaveLength(5);
    for (const column of [1, 2]) {
      const sum = table.rows.reduce((total, row) => total + Number(row[column]), 0);
      expect(sum).toBeCloseTo(1, 3);
    }
    // The six points of departure have a loss, and the last image a lead as well.
    expect(
      curves.map((curve) => (curve.type === 'curve' ? [curve.name, curve.x.values.length] : [])),
    ).toEqual([
      ['trace-loss', 6],
      ['trace-lead', 7],
    ]);
  });
});
