import { describe, expect, it } from 'vitest';
import { confusionOf, countCorrect, greatestAt, mistakesOf } from '../../../core/training/scores.ts';

// Four examples of three classes.
const logits = Float32Array.of(3, 1, 2, 0, 5, 4, 1, 1, 1, -2, -1, 0);
const labels = Int32Array.of(0, 2, 0, 1);

describe('scores', () => {
  it('takes the first of equal logits', () => {
    expect([0, 3, 6, 9].map((offset) => greatestAt(logits, offset, 3))).toEqual([0, 1, 0, 2]);
  });

  it('counts rows whose greatest logit and target agree, mixtures by their larger part', () => {
    const targets = Float32Array.of(0.7, 0.3, 0, 0, 0, 1, 1, 0, 0, 0, 0.5, 0.5);
    expect(countCorrect(logits, targets, 3)).toBe(2);
  });

  it('confuses by row for what is right and column for what it was taken for', () => {
    expect(confusionOf(logits, labels, 3)).toEqual([
      [2, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
    ]);
  });

  it('lists mistakes with the probability of what was predicted, the most confident first', () => {
    const found = mistakesOf(logits, labels, 3, 5);
    const softmax = (row: readonly number[], index: number): number =>
      Math.exp(row[index] ?? 0) / row.reduce((sum, value) => sum + Math.exp(value), 0);
    expect(found.map(({ index, label, predicted }) => [index, label, predicted])).toEqual([
      [1, 2, 1],
      [3, 1, 2],
    ]);
    expect(found[0]?.probability).toBeCloseTo(softmax([0, 5, 4], 1), 6);
    expect(found[1]?.probability).toBeCloseTo(softmax([-2, -1, 0], 2), 6);
    expect(mistakesOf(logits, labels, 3, 1)).toEqual(found.slice(0, 1));
  });
});
