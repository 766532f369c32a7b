import { describe, expect, it } from 'vitest';
import { type Tensor, bool, float32, int64, numbersOf, tensor } from '../../../core/base/tensor.ts';
import type { GraphBuilder } from '../../../core/graph/builder.ts';
import { type Attributes, int, string } from '../../../core/graph/ir.ts';
import { newBuilder, operatorOf } from '../../../core/ops/registry.ts';

function addNode(opType: string, inputs: readonly (Tensor | '')[], attributes: Attributes): GraphBuilder {
  const b = newBuilder();
  const names = inputs.map((value, index) => (value === '' ? '' : b.setConstant(`x${index}`, value)));
  b.add(opType, names, attributes);
  return b;
}

/** The elements of an operator's result, evaluated in JavaScript. */
function evaluate(opType: string, inputs: readonly Tensor[], attributes: Attributes): (number | bigint)[] {
  const b = addNode(opType, inputs, attributes);
  const [node] = b.nodes;
  const types = node?.outputs.map((name) => b.typeOf(name)) ?? [];
  const [result] = (node && operatorOf(node).evaluate?.(inputs, node, types)) ?? [];
  return result === undefined ? [] : [...result.data];
}

describe('evaluation from types alone', () => {
  const b = newBuilder();
  const x = b.input('x', { type: 'float32', shape: [2, 3, 5] });
  const fold = (opType: string, attributes: Attributes): number[] => {
    b.add(opType, [x], attributes);
    const node = b.nodes.at(-1);
    const [value] = (node && operatorOf(node).evaluateFromTypes?.([b.typeOf(x)], node)) ?? [];
    return value === undefined ? [] : numbersOf(value);
  };

  it('gives Shape, and its part between start and end, clamped', () => {
    expect(fold('Shape', {})).toEqual([2, 3, 5]);
    expect(fold('Shape', { start: int(-2) })).toEqual([3, 5]);
    expect(fold('Shape', { start: int(1), end: int(-1) })).toEqual([3]);
    expect(fold('Shape', { start: int(-9), end: int(9) })).toEqual([2, 3, 5]);
  });

  it('gives Size', () => {
    expect(fold('Size', {})).toEqual([30]);
  });
});

describe('integers', () => {
  const [most, odd, least] = [9223372036854775807n, -9007199254740993n, -9223372036854775808n];
  const big = tensor('int64', BigInt64Array.of(most, odd), [2]);

  it('stay exact beyond 2^53 when they are moved', () => {
    expect(evaluate('Concat', [big, big], { axis: int(0) })).toEqual([most, odd, most, odd]);
    expect(evaluate('Gather', [big, int64([1], [])], {})).toEqual([odd]);
    expect(evaluate('Cast', [big], { to: int(7) })).toEqual([most, odd]);
  });

  it('are the least int64 where a float is too large or not a number', () => {
    const floats = float32([Number.NaN, 1e30, -1e30, 5.5]);
    expect(evaluate('Cast', [floats], { to: int(7) })).toEqual([least, least, least, 5n]);
  });
});

describe('what cannot be moved is refused with a sentence', () => {
  const add =
    (opType: string, inputs: readonly (Tensor | '')[], attributes: Attributes = {}) =>
    () =>
      addNode(opType, inputs, attributes);
  const matrix = float32([1, 2, 3, 4, 5, 6], [2, 3]);

  it.each([
    [
      'a size that does not fit',
      add('Reshape', [matrix, int64([4, -1])]),
      'a tensor of shape 2x3 cannot take the shape 4x-1.',
    ],
    ['two lengths left open', add('Reshape', [matrix, int64([-1, -1])]), 'cannot take the shape -1x-1.'],
    ['a step of 0', add('Slice', [matrix, int64([0]), int64([1]), int64([0]), int64([0])]), 'a step is 0'],
    [
      'lengths that do not add up',
      add('Split', [matrix, int64([4])], { axis: int(1) }),
      'do not make up the length 3.',
    ],
    [
      'a reflection wider than the axis',
      add('Pad', [matrix, int64([2, 0, 0, 0])], { mode: string('reflect') }),
      'cannot take the pads 2 and 0 in mode reflect.',
    ],
    ['an axis that is not 1', add('Squeeze', [matrix, int64([0])]), 'are not all of length 1.'],
    [
      'pieces that do not match',
      add('Concat', [matrix, float32([1])], { axis: int(0) }),
      'cannot be joined along axis 0.',
    ],
    [
      'float16',
      add('Cast', [matrix], { to: int(10) }),
      'its element type number 10 is one that Loupe does not compute with.',
    ],
    ['training mode', add('Dropout', [matrix, '', bool([true], [])]), 'Export the model in evaluation mode.'],
  ])('%s', (_title, act, sentence) => {
    expect(act).toThrow(sentence);
  });
});
