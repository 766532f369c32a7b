import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../core/engine/catalogue.ts';
import { descriptorOf, requestOf } from '../../../core/method/define.ts';
import {
  type Field,
  choiceText,
  fieldsOf,
  numberFault,
  numberText,
  parseNumber,
} from '../../../renderer/forms/fields.ts';

const methods = [...catalogue.values()];

describe('the form of a method', () => {
  it.each(methods.map((method) => [method.id, method] as const))(
    'asks for every parameter of %s, with its title, description and default',
    (_, method) => {
      const fields = fieldsOf(descriptorOf(method).params);
      expect(fields.map(({ name }) => name)).toEqual(Object.keys(method.params.shape));
      for (const field of fields) {
        expect(field.title).not.toBe(field.name);
        expect(field.description).not.toBe('');
      }
      const defaults = Object.fromEntries(fields.map(({ name, byDefault }) => [name, byDefault]));
      expect(requestOf(method, defaults).params).toEqual(requestOf(method).params);
    },
  );

  it('shows defaults that its own checks accept', () => {
    for (const method of methods) {
      for (const field of fieldsOf(descriptorOf(method).params)) {
        if (field.kind !== 'number') continue;
        const text = numberText(Number(field.byDefault), field.unit);
        expect(numberFault(field, text)).toBeUndefined();
        expect(parseNumber(text)).toBeCloseTo(Number(field.byDefault), 12);
      }
    }
  });

  it('offers layers for a layer and options for a choice', () => {
    const gradCam = catalogue.get('gradCam');
    expect(gradCam && fieldsOf(descriptorOf(gradCam).params).map(({ kind }) => kind)).toEqual([
      'layer',
      'switch',
    ]);
  });
});

describe('numbers in a form', () => {
  const steps: Field & { kind: 'number' } = {
    kind: 'number',
    name: 'steps',
    title: 'Steps',
    description: '',
    unit: undefined,
    byDefault: 3,
    whole: true,
    least: 1,
    greatest: 10,
  };

  it('may be fractions, as budgets of attacks are', () => {
    expect(['8/255', ' 0.5 ', '1e-3', '0,25', '−2'].map(parseNumber)).toEqual([8 / 255, 0.5, 1e-3, 0.25, -2]);
    expect(['', 'eight', '1/2/3', '1/0', '/3'].map(parseNumber)).toEqual(Array(5).fill(undefined));
    expect(numberText(8 / 255, 'of the pixel range')).toBe('8/255');
    expect(numberText(0.3, 'of the pixel range')).toBe('0.3');
    expect(numberText(8 / 255, undefined)).toBe(String(8 / 255));
  });

  it('are refused with a sentence', () => {
    expect(['4', '0', '11', '1.5', 'x'].map((text) => numberFault(steps, text))).toEqual([
      undefined,
      'Give at least 1.',
      'Give at most 10.',
      'Give a whole number.',
      'Give a number, such as 0.5 or 8/255.',
    ]);
  });

  it('stand beside choices in words', () => {
    expect(choiceText('crossEntropy')).toBe('cross entropy');
  });
});
