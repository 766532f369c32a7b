import { describe, expect, it } from 'vitest';
import { startPeer } from '../../bench/peer.ts';
import { formatMilliseconds, formatTable, geometricMean, median } from '../../bench/table.ts';

describe('the statistics of the bench', () => {
  it('takes the middle value, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
    expect(median([])).toBeNaN();
  });

  it('averages ratios so that twice and half as fast cancel', () => {
    expect(geometricMean([2, 0.5])).toBeCloseTo(1, 12);
    expect(geometricMean([1.5, 1.5, 12])).toBeCloseTo(3, 12);
  });

  it('writes milliseconds with three digits, and never more than two decimals', () => {
    expect([0.1234, 1.234, 12.34, 123.4, 1234, undefined].map(formatMilliseconds)).toEqual([
      '0.12',
      '1.23',
      '12.3',
      '123',
      '1234',
      '–',
    ]);
  });

  it('aligns names to the left and numbers to the right', () => {
    expect(
      formatTable(
        ['net', 'ms'],
        [
          ['resnet18', '9'],
          ['vgg', '100'],
        ],
      ),
    ).toBe('net        ms\n────────  ───\nresnet18    9\nvgg       100');
  });
});

describe('the peer of the bench', () => {
  it('is absent where there is no Python', async () => {
    expect(await startPeer(1, '/nowhere/python')).toBeUndefined();
  });

  it('is absent where the process ends without a greeting', async () => {
    expect(await startPeer(1, '/bin/false')).toBeUndefined();
  });
});
