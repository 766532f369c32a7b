import { describe, expect, it } from 'vitest';
import { choiceFrom, dataFrom, valueOf, valuesFrom } from '../../../core/cli/choiceFlag.ts';

describe('a value on the command line', () => {
  it.each<[string, unknown]>([
    ['0.5', 0.5],
    ['5e-4', 5e-4],
    ['8/255', 8 / 255],
    ['true', true],
    ['false', false],
    ['reflect', 'reflect'],
    ['1/0', '1/0'],
    ['a/b', 'a/b'],
    ['', ''],
    ['[0.3,0.6]', [0.3, 0.6]],
    ['{"l1":0.1}', { l1: 0.1 }],
  ])('%s is read as %j', (text, wanted) => {
    expect(valueOf(text)).toEqual(wanted);
  });

  it('must be JSON where it begins with a bracket', () => {
    expect(() => valueOf('[0.3')).toThrow('Expected JSON in brackets but received "[0.3".');
  });
});

describe('a choice on the command line', () => {
  it('is an id, with parameters behind a colon; lists have commas of their own', () => {
    expect(choiceFrom('adam')).toEqual({ id: 'adam', params: {} });
    expect(choiceFrom('sgd:momentum=0.9,nesterov=true')).toEqual({
      id: 'sgd',
      params: { momentum: 0.9, nesterov: true },
    });
    expect(choiceFrom('staircase:at=[0.3,0.6],factor=1/4')).toEqual({
      id: 'staircase',
      params: { at: [0.3, 0.6], factor: 0.25 },
    });
  });

  it('is refused where a parameter has no value', () => {
    expect(() => choiceFrom('sgd:nesterov')).toThrow('Expected NAME=VALUE for sgd but received "nesterov".');
    expect(() => valuesFrom('=3', '--augment')).toThrow(
      'Expected NAME=VALUE for --augment but received "=3".',
    );
  });
});

describe('a data set on the command line', () => {
  it('is an id, a path and parameters', () => {
    expect(dataFrom('shapes')).toEqual({ id: 'shapes', params: {} });
    expect(dataFrom('shapes?seed=7')).toEqual({ id: 'shapes', params: { seed: 7 } });
    expect(dataFrom(String.raw`imageFolder:C:\data?size=32,classes=a?b`)).toEqual({
      id: 'imageFolder',
      path: String.raw`C:\data`,
      params: { size: 32, classes: 'a?b' },
    });
  });
});
