import { describe, expect, it } from 'vitest';
import { float32 } from '../../../core/base/tensor.ts';
import type { Attacker } from '../../../core/metrics/shared/attackers.ts';
import { Ledger } from '../../../core/metrics/shared/ledger.ts';
import { type MaskingEvidence, maskingSigns } from '../../../core/metrics/shared/masking.ts';
import type { Subject } from '../../../core/metrics/shared/subject.ts';
import { epsilonText, percentText } from '../../../core/metrics/shared/wording.ts';

const count = 40;

/** Forty pictures, the last of which is wrong before any attack. */
const subject: Subject = {
  images: float32([], [0, 1, 1, 1]),
  names: Array.from({ length: count }, (_, row) => `${row}`),
  classes: Array.from({ length: count }, () => 0),
  right: Array.from({ length: count }, (_, row) => row < count - 1),
  labelled: count,
  purposes: [],
};

const attacker = (id: string): Attacker => ({
  id,
  title: id,
  bounded: true,
  request: () => ({ id, params: {} }),
});

/** Attacks that break so many pictures at ε = 4/255. */
function evidenceOf(broken: Readonly<Record<string, number>>): MaskingEvidence {
  const ledger = new Ledger(subject, [8 / 255, 0, 4 / 255]);
  for (const [id, fallen] of Object.entries(broken)) {
    ledger.standing(id);
    for (let row = 0; row < fallen; row++) ledger.record(id, row, 3 / 255);
  }
  return {
    ledger,
    attackers: Object.keys(broken).map(attacker),
    pictures: count,
    classes: 10,
    zeroGradients: 0,
    standingAtHalf: 0,
  };
}

describe('the search for masked gradients', () => {
  it('is content where stronger attacks break more', () => {
    expect(maskingSigns(evidenceOf({ noise: 2, fgsm: 20, pgd: 39 }))).toEqual([]);
  });

  it('is content where a difference lies within the interval', () => {
    expect(maskingSigns(evidenceOf({ noise: 22, fgsm: 24, pgd: 20 }))).toEqual([]);
  });

  it('finds one step that breaks more than many', () => {
    const [sign, ...others] = maskingSigns(evidenceOf({ noise: 0, fgsm: 39, pgd: 10 }));
    expect(others).toEqual([]);
    // 29 of 40: the interval of Clopper and Pearson is 0.5611 to 0.8540.
    expect(sign).toMatch(
      /^At ε = 4\/255 fgsm leaves 0 % of the pictures and pgd 72\.5 % \(95 % interval from 56\.1 %\): one step/,
    );
  });

  it('finds noise that breaks more than any gradient', () => {
    expect(maskingSigns(evidenceOf({ noise: 39, fgsm: 5, pgd: 5 }))[0]).toContain('where chance does better');
    expect(maskingSigns(evidenceOf({ noise: 39, fgsm: 5, pgd: 39 }))).toEqual([]);
    expect(maskingSigns(evidenceOf({ noise: 39 }))).toEqual([]);
  });

  it('finds gradients that are zero, and pictures that withstand what makes them grey', () => {
    const evidence = evidenceOf({ pgd: 5 });
    expect(maskingSigns({ ...evidence, zeroGradients: 1 })[0]).toContain('exactly zero for 1 of 40 pictures');
    // Of 40 pictures at ten classes, 8 (low end 9.1 %) may be chance, and 9 (10.8 %) may not.
    expect(maskingSigns({ ...evidence, standingAtHalf: 8 })).toEqual([]);
    expect(maskingSigns({ ...evidence, standingAtHalf: 9 })[0]).toContain(
      '22.5 % of the pictures withstand PGD',
    );
    expect(maskingSigns({ ...evidence, standingAtHalf: undefined })).toEqual([]);
  });
});

describe('the ledger', () => {
  it('has a picture fall at the least ε of the list that holds its perturbation, and at all larger ones', () => {
    const ledger = new Ledger(subject, [0, 0.1, 0.2, 0.4]);
    ledger.record('a', 0, 0.3);
    ledger.record('a', 0, 0.15);
    ledger.record('a', 1, 0.1 + 1e-7);
    ledger.record('a', 2, 0.5);
    ledger.record('b', 0, 0.35);
    ledger.record('b', 1, 0.1);
    expect([0, 1, 2, 39].map((row) => ledger.fallOf(row))).toEqual([0.2, 0.1, Infinity, 0]);
    expect(ledger.fallOf(0, 'b')).toBe(0.4);
    expect([0, 1, 2].map((row) => ledger.breakersOf(row))).toEqual([['a'], ['a', 'b'], []]);
    expect(ledger.standing('a')).toEqual(Array.from({ length: 37 }, (_, at) => at + 2));
    expect(ledger.epsilons.map((epsilon) => ledger.robust(epsilon).count)).toEqual([39, 38, 37, 37]);
    expect(ledger.epsilons.map((epsilon) => ledger.robust(epsilon, 'b').count)).toEqual([39, 38, 38, 37]);
  });
});

describe('numbers in sentences', () => {
  it('are levels of 255 where they are whole, and short', () => {
    expect([0, 1 / 255, 8 / 255, 0.2, 1, 0.0123456, 2, 1e-7].map(epsilonText)).toEqual([
      '0',
      '1/255',
      '8/255',
      '0.2',
      '1',
      '0.0123',
      '2',
      '1e-7',
    ]);
    expect([0, 0.4286, 1].map(percentText)).toEqual(['0 %', '42.9 %', '100 %']);
  });
});
