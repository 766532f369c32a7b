import { z } from 'zod';
import { MethodContext } from '../method/context.ts';
import { count, flag } from '../method/params.ts';
import type { Progress } from '../protocol/results.ts';
import { defineEvaluation } from './define.ts';
import { type Assault, sizesThatFool } from './shared/assault.ts';
import { type Attacker, attackersOf } from './shared/attackers.ts';
import { Ledger } from './shared/ledger.ts';
import { maskingSigns } from './shared/masking.ts';
import { robustnessResults } from './shared/robustnessResults.ts';
import { subjectOf } from './shared/subject.ts';
import { epsilonText } from './shared/wording.ts';
import { countZeroGradients } from './shared/zeroGradients.ts';

const pixelLevels = [0, 1, 2, 4, 8];

/** How many pictures stay right as ε grows: the least over several attacks, a picture at a time. */
export const robustness = defineEvaluation({
  id: 'robustness',
  title: 'Robustness',
  description:
    'Accuracy against ε under several attacks and in the worst case a picture, with intervals, and signs of masked gradients.',
  citation: 'Carlini et al. 2019, sec. 4-5; Athalye et al. 2018, sec. 3.1; Clopper and Pearson 1934',
  params: z.object({
    attacks: z
      .array(z.string().min(1))
      .min(1)
      .default(['noise', 'fgsm', 'pgd'])
      .meta({ title: 'Attacks', description: 'attacks of "loupe methods", separated by commas' }),
    epsilons: z
      .array(z.number().min(0).max(1000))
      .min(1)
      .default(pixelLevels.map((level) => level / 255))
      .meta({
        title: 'ε',
        description: 'budgets, separated by commas, as 4/255 or 0.3; in L2 usual are 0.25,0.5,1,2',
        unit: 'of the pixel range',
      }),
    norm: z.enum(['linf', 'l2']).default('linf').meta({
      title: 'Norm',
      description: 'linf: every pixel changes by at most ε; l2: the root of the sum of squares is at most ε',
    }),
    steps: count(20, 'Steps', 'gradient steps of attacks that take several'),
    restarts: count(1, 'Starts', 'random starts of attacks that have them', 1000),
    oblivious: flag(
      true,
      'Oblivious attacks',
      'behind defences, also try what fools the network without them',
    ),
    checks: flag(true, 'Masking checks', 'also look for zero gradients, and run PGD within 0.5 (L∞)'),
  }),
  async *run({ context, images }, { attacks, epsilons, norm, steps, restarts, oblivious, checks }) {
    const budgets = { norm, steps, restarts };
    const attackers = attackersOf(attacks, budgets);
    const subject = await subjectOf(context, images);
    const ledger = new Ledger(subject, epsilons);
    const isDefended = context.network().rules !== undefined;
    const assault: Assault = { context, surrogate: context, subject, norm };
    const jobs = attackers.flatMap((attacker) => jobsFor(assault, ledger, attacker, attacker.title));
    if (isDefended && oblivious) {
      const blind = { ...assault, surrogate: withoutDefences(context) };
      const informed = attackers.filter(({ id }) => id !== 'noise');
      jobs.push(...informed.flatMap((attacker) => jobsFor(blind, ledger, attacker, obliviousSeries)));
    }
    const half = new HalfBall(assault, ledger);
    if (checks && norm === 'linf') jobs.push(half.job(attackersOf(['pgd'], budgets)));
    yield* inOrder(jobs);
    const signs = maskingSigns({
      ledger,
      attackers,
      pictures: subject.classes.length,
      classes: context.network().classes,
      zeroGradients: checks ? await countZeroGradients(context, subject) : 0,
      standingAtHalf: half.standing,
    });
    const remarks = isDefended ? [defendedRemark(oblivious)] : [];
    return robustnessResults({ model: context.model, norm, subject, ledger, signs, remarks });
  },
});

const obliviousSeries = 'oblivious attacks';

const defendedRemark = (oblivious: boolean): string =>
  `The network stands behind defences. Attacks know them and take their gradients as the stages' backward passes say.${
    oblivious
      ? ' Oblivious attacks look at the network without its defences: alone, they overrate a defence.'
      : ''
  }`;

/** A part of the work; it writes what it finds into the ledger. */
type Job = () => AsyncGenerator<Progress, void>;

/** One attack at each ε, on the pictures that it has not broken yet; one without a ball once for all. */
function jobsFor(assault: Assault, ledger: Ledger, attacker: Attacker, series: string): Job[] {
  const positive = ledger.epsilons.filter((epsilon) => epsilon > 0);
  const budgets = attacker.bounded ? positive : positive.slice(-1);
  return budgets.map(
    (epsilon) =>
      async function* attack() {
        const rows = ledger.standing(series);
        const at = attacker.bounded ? ` at ε = ${epsilonText(epsilon)}` : '';
        const run = sizesThatFool(assault, attacker.request(epsilon), rows);
        const sizes = yield* described(run, `${at}, ${rows.length} pictures`);
        for (const [row, size] of sizes) ledger.record(series, row, size);
      },
  );
}

/** Adds to what is being done where it is done. */
async function* described<R>(run: AsyncGenerator<Progress, R>, where: string): AsyncGenerator<Progress, R> {
  for (;;) {
    const step = await run.next();
    if (step.done === true) return step.value;
    yield { ...step.value, what: `${step.value.what}${where}` };
  }
}

/** Runs jobs one after the other, each counting as the same share of the whole. */
async function* inOrder(jobs: readonly Job[]): AsyncGenerator<Progress, void> {
  const parts = 1000;
  for (const [at, job] of jobs.entries()) {
    for await (const { done, total, what } of job()) {
      yield { done: Math.floor(parts * (at + done / total)), total: parts * jobs.length, what };
    }
  }
}

/** The same network without what stands in front of it. */
function withoutDefences({ model, runtime, seed, memoryBytes, signal }: MethodContext): MethodContext {
  return new MethodContext({
    model,
    runtime,
    seed,
    memoryBytes,
    ...(signal === undefined ? {} : { signal }),
  });
}

const halfRange = 0.5;

/** PGD within 0.5, where any picture can become grey, on those that withstood everything else. */
class HalfBall {
  /** How many pictures withstand it; undefined before it ran. */
  standing: number | undefined;
  readonly #assault: Assault;
  readonly #ledger: Ledger;

  constructor(assault: Assault, ledger: Ledger) {
    this.#assault = assault;
    this.#ledger = ledger;
  }

  job(attackers: readonly Attacker[]): Job {
    const [assault, ledger] = [this.#assault, this.#ledger];
    const count = (standing: number): void => {
      this.standing = standing;
    };
    return async function* withinHalf() {
      const { right } = assault.subject;
      let rows = [...right.keys()].filter((row) => ledger.fallOf(row) > halfRange);
      for (const attacker of attackers) {
        const run = sizesThatFool(assault, attacker.request(halfRange), rows);
        const sizes = yield* described(run, ' at ε = 0.5, as a check');
        rows = rows.filter((row) => !sizes.has(row));
      }
      count(rows.length);
    };
  }
}
