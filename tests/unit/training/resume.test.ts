import { afterAll, describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../../../core/protocol/training.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../../core/training/checkpoint.ts';
import type { TrainingSetup } from '../../../core/training/setup.ts';
import type { TrainingState } from '../../../core/training/state.ts';
import type { Told } from '../../../core/training/trainer.ts';
import { eventsOf, everythingOn, linearRegression, trained } from '../../training/setups.ts';

const runtime = new Runtime();
afterAll(() => runtime.dispose());

const identity = { any: 'thing' };

/** A state that was written and read. */
const restored = ({ problem }: TrainingSetup, state: TrainingState): TrainingState =>
  decodeCheckpoint(problem, encodeCheckpoint(problem, state, identity), { name: 'x', identity });

/** Events without what depends on the clock. */
const timeless = (told: readonly Told[]): unknown[] =>
  told.map(({ event }) => ({ ...event, seconds: 0, examplesPerSecond: 0, secondsLeft: 0 }));

/** Events with which a step, an epoch or everything has happened. */
const concluding = new Set<string>(['started', 'step', 'epoch', 'ended']);

const describeEvent = (event: TrainingEvent): string =>
  'step' in event ? `${event.kind} ${event.step}` : `${event.kind} ${'epoch' in event ? event.epoch : ''}`;

describe('a training that is interrupted and goes on from its checkpoint', () => {
  it('ends with the same state as an undisturbed one, bit for bit, whichever event it was interrupted at', async () => {
    const setup = everythingOn(runtime);
    const { told, state } = await trained(setup);
    expect(told.length).toBeGreaterThan(20);
    for (const [at, { event, state: interrupted }] of told.entries()) {
      const resume = restored(setup, interrupted);
      const rest = await trained({ ...everythingOn(runtime), resume });
      expect({ at: describeEvent(event), state: rest.state }).toEqual({ at: describeEvent(event), state });
      expect(rest.told[0]?.event).toMatchObject({ kind: 'started', resumedAt: interrupted.step });
      // What is told afterwards is the same too: findings are told again, steps and epochs are not.
      const findings = told.slice(0, at + 1).findLastIndex((each) => concluding.has(each.event.kind)) + 1;
      const said = timeless(rest.told.slice(1));
      expect(event.kind === 'ended' ? said.slice(0, -1) : said).toEqual(timeless(told.slice(findings)));
    }
  });

  it('looks at the held-out examples if it was interrupted between the last step of an epoch and its end', async () => {
    const setup = everythingOn(runtime);
    const { told } = await trained(setup);
    const between = told.filter(
      ({ event, state }) => state.step === 4 && state.epochs.length === 0 && event.kind !== 'health',
    );
    expect(between.map(({ event }) => describeEvent(event))).toEqual(['step 4', 'mistakes 1']);
    for (const { state } of between) {
      const rest = await trained({ ...setup, resume: restored(setup, state) });
      expect(timeless(rest.told).slice(1, 3)).toEqual(
        timeless(told.filter(({ event }) => 'epoch' in event && event.epoch === 1 && event.kind !== 'step')),
      );
    }
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['Adam', 'adam', {}],
    ['RMSprop with momentum', 'rmsprop', { momentum: 0.9 }],
    ['L-BFGS', 'lbfgs', { iterations: 3 }],
  ])('goes on with what its optimizer remembers: %s', async (_, optimizer, optimizerParams) => {
    const setup = { ...linearRegression(runtime, 0.1, { optimizer, optimizerParams }), batchSize: 16 };
    const { told, state } = await trained(setup);
    const [middle] = told.filter(({ event }) => event.kind === 'step' && event.step === 5);
    expect(middle).toBeDefined();
    const resume = middle === undefined ? undefined : restored(setup, middle.state);
    const rest = await trained({ ...setup, resume });
    expect(rest.state).toEqual(state);
    expect(eventsOf(rest.told, 'step').map(({ step }) => step)).toEqual([6, 7, 8]);
  });
});
