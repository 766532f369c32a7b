import { describe, expect, it } from 'vitest';
import { int64 } from '../../../core/base/tensor.ts';
import { type Attributes, type ValueType, int, string } from '../../../core/graph/ir.ts';
import { newBuilder } from '../../../core/ops/registry.ts';

/** Adds one node on float32 inputs of these shapes; numbers in `axes` become a last, constant input. */
function shapeOf(
  opType: string,
  shapes: readonly (readonly number[])[],
  attributes: Attributes = {},
  axes?: readonly number[],
  type: ValueType['type'] = 'float32',
): readonly number[] {
  const b = newBuilder();
  const names = shapes.map((shape, index) => b.input(`x${index}`, { type, shape }));
  if (axes !== undefined) names.push(b.setConstant('axes', int64(axes)));
  return b.shapeOf(b.add(opType, names, attributes, { name: 'y' }));
}

describe('shape rules', () => {
  it.each([
    [
      'MatMul',
      [
        [2, 1, 4, 3],
        [5, 3, 6],
      ],
      [2, 5, 4, 6],
    ],
    ['MatMul', [[3], [5, 3, 6]], [5, 6]],
    ['MatMul', [[5, 4, 3], [3]], [5, 4]],
    ['MatMul', [[3], [3]], []],
    ['Max', [[2, 1], [3], []], [2, 3]],
    [
      'PRelu',
      [
        [2, 3, 4],
        [3, 1],
      ],
      [2, 3, 4],
    ],
  ] as const)('%s of %j', (opType, shapes, wanted) => {
    expect(shapeOf(opType, shapes)).toEqual(wanted);
  });

  it('Gemm transposes before it multiplies', () => {
    const attributes = { transA: int(1), transB: int(1) };
    expect(shapeOf('Gemm', [[3, 2], [5, 3], [5]], attributes)).toEqual([2, 5]);
  });

  it('reductions drop or keep their axes', () => {
    expect(shapeOf('ReduceMean', [[2, 3, 4]], {}, [-1])).toEqual([2, 3, 1]);
    expect(shapeOf('ReduceMean', [[2, 3, 4]], { keepdims: int(0) }, [0, 2])).toEqual([3]);
    expect(shapeOf('ReduceMean', [[2, 3, 4]], { keepdims: int(0) })).toEqual([]);
    expect(shapeOf('ArgMax', [[2, 3, 4]], { axis: int(1), keepdims: int(0) })).toEqual([2, 4]);
    expect(shapeOf('TopK', [[2, 5]], {}, [3])).toEqual([2, 3]);
  });

  it.each([
    [
      'ij,jk->ik',
      [
        [2, 3],
        [3, 4],
      ],
      [2, 4],
    ],
    [
      'ij,jk',
      [
        [2, 3],
        [3, 4],
      ],
      [2, 4],
    ],
    ['ba', [[2, 3]], [3, 2]],
    ['bii->b', [[2, 3, 3]], [2]],
    ['i,i->', [[3], [3]], []],
  ] as const)('Einsum %s', (equation, shapes, wanted) => {
    expect(shapeOf('Einsum', shapes, { equation: string(equation) })).toEqual(wanted);
  });
});

describe('an illegal node is named with its reason', () => {
  it.each([
    [
      'MatMul',
      [
        [2, 3],
        [4, 5],
      ],
      {},
      'The MatMul node "y" is not valid: matrices of shape 2x3 and 4x5 have no product.',
    ],
    [
      'Gemm',
      [
        [2, 3],
        [4, 5],
      ],
      {},
      'it multiplies rows of 3 elements by columns of 4.',
    ],
    [
      'Gemm',
      [
        [2, 3, 1],
        [3, 5],
      ],
      {},
      'its input number 1 of shape 2x3x1 is no matrix.',
    ],
    ['Gemm', [[2, 3], [3, 5], [4]], {}, 'The shapes 4 and 2x5 cannot be broadcast together.'],
    ['Einsum', [[2, 3], [3]], { equation: string('i...,i') }, '"..." is not supported'],
    ['Einsum', [[2, 3], [4]], { equation: string('ij,j->i') }, '"j" is 3 in one place and 4 in another.'],
    ['Einsum', [[2, 3]], { equation: string('ijk->i') }, '"ijk" names 3 axes of an input that has 2.'],
    [
      'PRelu',
      [
        [2, 3],
        [4, 2, 3],
      ],
      {},
      'its slope of shape 4x2x3 does not broadcast to 2x3.',
    ],
    ['BatchNormalization', [[2, 3, 4], [3], [3], [3], [4]], {}, 'its input number 5 has the shape 4'],
    [
      'GroupNormalization',
      [[2, 4, 3], [4], [4]],
      { num_groups: int(3) },
      'its 4 channels do not divide into 3 groups.',
    ],
    ['LRN', [[2, 4, 3]], { size: int(0) }, 'its window of 0 channels is empty.'],
    ['Softmax', [[2, 4]], { axis: int(2) }, 'Axis 2 does not exist in a tensor of rank 2.'],
    ['Mod', [[2], [2]], {}, 'a remainder of floats needs the attribute fmod = 1.'],
  ] as const)('%s of %j', (opType, shapes, attributes, reason) => {
    expect(() => shapeOf(opType, shapes, attributes)).toThrow(reason);
  });

  it('types that an operator does not compute with are refused', () => {
    expect(() => shapeOf('Sigmoid', [[2]], {}, undefined, 'int64')).toThrow(
      'it computes with float32, not with int64.',
    );
    expect(() => shapeOf('Sub', [[2], [2]], {}, undefined, 'bool')).toThrow('not with bool.');
    expect(() => shapeOf('And', [[2], [2]])).toThrow('it computes with bool, not with float32.');
  });

  it('axes that are named twice or do not exist are refused', () => {
    expect(() => shapeOf('ReduceSum', [[2, 3]], {}, [0, -2])).toThrow('it names an axis twice: 0,-2.');
    expect(() => shapeOf('ReduceSum', [[2, 3]], {}, [2])).toThrow('Axis 2 does not exist');
    expect(() => shapeOf('TopK', [[2, 3]], {}, [4])).toThrow('it takes 4 of 3 elements.');
  });
});
