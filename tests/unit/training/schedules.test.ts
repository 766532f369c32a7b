import { describe, expect, it } from 'vitest';
import { chosen } from '../../../core/training/config.ts';
import type { Moment } from '../../../core/training/schedules/define.ts';
import * as schedules from '../../../core/training/schedules/index.ts';

const steps = 100;

/** The factor at a step of a training of ten epochs of ten steps. */
function factorAt(
  id: string,
  params: Readonly<Record<string, unknown>>,
  step: number,
  more: Partial<Moment> = {},
): number {
  const schedule = chosen(schedules, { id, params }, 'schedule');
  const moment = { step, steps, stepsPerEpoch: 10, validationLosses: [], ...more };
  return schedule.definition.factor(moment, schedule.params);
}

describe('a schedule', () => {
  it.each<[string, Record<string, unknown>, number, number]>([
    ['constant', {}, 0, 1],
    ['constant', {}, 99, 1],
    ['staircase', {}, 0, 1],
    ['staircase', {}, 49, 1],
    ['staircase', {}, 50, 0.1],
    ['staircase', {}, 74, 0.1],
    ['staircase', {}, 75, 0.01],
    ['staircase', {}, 99, 0.01],
    ['staircase', { factor: 0.5, at: [0.2, 0.4, 0.9] }, 20, 0.5],
    ['staircase', { factor: 0.5, at: [0.2, 0.4, 0.9] }, 95, 0.125],
    ['cosine', {}, 0, 1],
    ['cosine', {}, 25, (1 + Math.SQRT1_2) / 2],
    ['cosine', {}, 50, 0.5],
    ['cosine', {}, 75, (1 - Math.SQRT1_2) / 2],
    ['cosine', { final: 0.2 }, 50, 0.6],
    ['cosine', { final: 0.2 }, 100, 0.2],
    ['oneCycle', {}, 0, 0.04],
    ['oneCycle', {}, 15, 0.52],
    ['oneCycle', {}, 30, 1],
    ['oneCycle', {}, 65, (1 + 1e-4) / 2],
    ['oneCycle', {}, 100, 1e-4],
    ['oneCycle', { rise: 0.5, initial: 0, final: 0 }, 25, 0.5],
    ['oneCycle', { rise: 0.5, initial: 0, final: 0 }, 75, 0.5],
  ])('%s %j has its factor at step %i: %d', (id, params, step, wanted) => {
    expect(factorAt(id, params, step)).toBeCloseTo(wanted, 12);
  });

  it.each<[string, number[], number]>([
    ['no epoch yet', [], 1],
    ['ever lower losses', [5, 4, 3, 2, 1], 1],
    ['two epochs without a lower one', [5, 4, 4, 4.5], 1],
    ['three epochs without a lower one', [5, 4, 4, 4.5, 6], 0.1],
    ['a lower one in between', [5, 4, 4, 4.5, 3, 3, 3], 1],
    ['twice three epochs', [5, 4, 4, 4, 4, 4, 4, 4], 0.01],
    ['a rise after a fall', [5, 4, 4, 4, 4, 3, 3.5], 0.1],
  ])('plateau looks at the validation losses so far: %s', (_, validationLosses, wanted) => {
    expect(factorAt('plateau', {}, 60, { validationLosses })).toBeCloseTo(wanted, 12);
  });
});
