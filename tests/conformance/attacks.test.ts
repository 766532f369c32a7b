import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AttackDefinition, type AttackRun, defineAttack } from '../../core/attacks/define.ts';
import { attackOf, attacks } from '../../core/attacks/registry.ts';
import { classify } from '../../core/attacks/shared/classify.ts';
import { rowOf } from '../../core/attacks/shared/rows.ts';
import { topOf } from '../../core/attacks/shared/verdict.ts';
import { floatsOf } from '../../core/base/tensor.ts';
import { MethodContext } from '../../core/method/context.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { type AttackSetting, attackFaults, attackWith } from './checks/attackChecks.ts';
import { affineModel, latticeImages, sensitiveModel } from './checks/attackModels.ts';

const runtime = new Runtime({ device: 'cpu', threads: 1 });
const side = 16;
const count = 8;

/** Parameters that make an attack quick. */
const quick: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  carliniWagner: { steps: 40, searches: 4, initialWeight: 0.1 },
  lbfgs: { iterations: 15, searches: 5 },
  deepFool: { numClasses: 3, steps: 10 },
};

const zeros = Array.from({ length: 5 }, () => new Array<number>(3 * side * side).fill(0));
const constant = affineModel({ shape: [3, side, side], weights: zeros, biases: [0, 1, 2, 0.5, -1] });
const model = sensitiveModel(side, 1);
const images = latticeImages(count, [3, side, side], { seed: 9 });
/** What the network says of the images, and labels of which two are something else. */
let seen: number[] = [];
let classes: number[] = [];

beforeAll(async () => {
  const logits = await classify(new MethodContext({ model, runtime }), images);
  seen = Array.from({ length: count }, (_, index) => topOf(rowOf(logits, index)));
  classes = seen.map((index, at) => (at === 2 || at === 5 ? (index + 1) % 5 : index));
});

afterAll(async () => {
  await runtime.dispose();
});

function settingFor(definition: AttackDefinition, params: Record<string, unknown> = {}): AttackSetting {
  const budget = 'epsilon' in definition.params.shape ? { epsilon: 3 / 255 } : {};
  const all = { ...quick[definition.id], ...budget, ...params };
  return { runtime, model, constant, images, classes, params: all };
}

describe('every attack', () => {
  it.each([...attacks.keys()])('%s keeps its promises', { timeout: 120_000 }, async (id) => {
    const definition = attackOf(id);
    expect(await attackFaults(definition, settingFor(definition))).toEqual([]);
  });

  it.each([...attacks.values()].filter(({ params }) => 'norm' in params.shape).map(({ id }) => id))(
    '%s keeps its promises in L2',
    async (id) => {
      const definition = attackOf(id);
      expect(await attackFaults(definition, settingFor(definition, { norm: 'l2', epsilon: 0.3 }))).toEqual(
        [],
      );
    },
  );

  it('PGD keeps them with restarts and the margin loss', async () => {
    const params = { restarts: 3, steps: 5, loss: 'margin' };
    expect(await attackFaults(attackOf('pgd'), settingFor(attackOf('pgd'), params))).toEqual([]);
  });
});

const broken = (id: string, run: (given: AttackRun) => AttackRun['images']): AttackDefinition =>
  defineAttack({
    id,
    title: 'Broken',
    description: 'Breaks a promise.',
    citation: 'nobody 2000',
    params: z.object({ epsilon: z.number().default(0.1) }),
    budget: ({ epsilon }) => ({ norm: 'linf', epsilon }),
    async *run(given) {
      await Promise.resolve();
      yield { done: 1, total: 1, what: id };
      return { adversarial: run(given) };
    },
  });

/** Every pixel moved towards grey. */
const changed = (given: AttackRun, by: number): AttackRun['images'] => ({
  ...given.images,
  data: floatsOf(given.images).map((value) => (value > 0.5 ? value - by : value + by)),
});

describe('the checks of attacks', () => {
  it('find fault with an attack that does nothing', async () => {
    const lazy = broken('lazy', ({ images: own }) => own);
    expect(await attackFaults(lazy, settingFor(lazy))).toEqual([
      'Only 0 of 6 images came nearer to another class.',
    ]);
  });

  it('find fault with an attack that leaves its ball', async () => {
    const far = broken('far', (given) => changed(given, 0.012));
    const [fault = ''] = await attackFaults(far, settingFor(far));
    expect(fault).toMatch(/^Broken left its ball: the perturbation has the norm 0\.012\d*, and ε is 0\.0117/);
  });

  it('find fault with an attack that changes images in a ball of size 0', async () => {
    const coarse = broken('coarse', (given) => changed(given, 0.01));
    expect(await attackFaults(coarse, settingFor(coarse))).toContainEqual(
      expect.stringMatching(/^Broken left its ball: .* and ε is 0\.$/),
    );
  });

  it('find fault with an attack that returns NaN', async () => {
    const nan = broken('nan', (given) => changed(given, Number.NaN));
    expect(await attackFaults(nan, settingFor(nan))).toEqual([
      'Expected finite pixels for the images of Broken but received NaN.',
    ]);
  });

  it('find fault with an attack that depends on what else is in the batch', async () => {
    const crowd = broken('crowd', (given) => changed(given, 1e-3 * given.classes.length));
    expect(await attackFaults(crowd, settingFor(crowd))).toContainEqual(
      expect.stringMatching(/^Example 1 alone differs from itself in a batch by 0\.00[45]/),
    );
  });

  it('find fault with an attack that never gives the same result twice', async () => {
    let calls = 0;
    const moody = broken('moody', (given) => changed(given, 1e-4 * ++calls));
    expect(await attackFaults(moody, settingFor(moody))).toContain('The same seed gives two results.');
  });
});

/** How far the logit of the best wrong class leads, mean over all images, and at how many it does lead. */
async function meanLead(
  id: string,
  params: Record<string, unknown>,
): Promise<{ lead: number; fooled: number }> {
  const definition = attackOf(id);
  const setting = settingFor(definition, { epsilon: 1 / 255, ...params });
  const purposes = classes.map((_, index) => `ordering ${index}`);
  const goal = { images, classes: seen, targeted: false, purposes };
  const report = await attackWith(definition, setting, setting.params, goal);
  const context = new MethodContext({ model: setting.model, runtime });
  const logits = await classify(context, report.raw);
  const leads = seen.map((own, index) => {
    const z = [...rowOf(logits, index)];
    return Math.max(...z.toSpliced(own, 1)) - (z[own] ?? 0);
  });
  const fooled = leads.filter((lead) => lead > 0).length;
  return { lead: leads.reduce((sum, lead) => sum + lead, 0) / leads.length, fooled };
}

describe('stronger attacks', () => {
  it('are stronger: noise, FGSM, PGD, PGD with restarts', async () => {
    const [noise, fgsm, pgd, restarted] = [
      await meanLead('noise', {}),
      await meanLead('fgsm', {}),
      await meanLead('pgd', { steps: 20, loss: 'margin' }),
      await meanLead('pgd', { steps: 20, restarts: 4, loss: 'margin' }),
    ];
    expect(noise.lead).toBeLessThan(fgsm.lead);
    expect(fgsm.lead).toBeLessThan(pgd.lead);
    expect(pgd.lead).toBeLessThanOrEqual(restarted.lead);
    expect([noise, fgsm, pgd, restarted].map(({ fooled }) => fooled)).toEqual([0, 4, 5, 5]);
  });
});
