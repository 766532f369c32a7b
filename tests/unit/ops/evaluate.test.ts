import { describe, expect, it } from 'vitest';
import { type Tensor, bool, float32, int64, numbersOf } from '../../../core/base/tensor.ts';
import { type Attributes, int } from '../../../core/graph/ir.ts';
import { newBuilder, operatorOf } from '../../../core/ops/registry.ts';

function evaluate(opType: string, inputs: readonly Tensor[], attributes: Attributes = {}): Tensor {
  const b = newBuilder();
  const names = inputs.map((input, index) => b.setConstant(`x${index}`, input));
  const output = b.add(opType, names, attributes, { name: 'y' });
  const node = b.nodes[0];
  const results = node && operatorOf(node).evaluate?.(inputs, node, [b.typeOf(output)]);
  const [result] = results ?? [];
  if (result === undefined) throw new Error(`${opType} has no evaluation.`);
  return result;
}

const matrix = float32([1, -2, 3, 4, 5, -6], [2, 3]);

describe('the evaluation of constants', () => {
  it.each([
    ['Sub', [int64([5, 1]), int64([2])], {}, [3, -1]],
    ['Mul', [int64([5, -1]), int64([2])], {}, [10, -2]],
    ['Div', [int64([7, -7]), int64([2])], {}, [3, -3]],
    ['Div', [float32([7, -7]), float32([2])], {}, [3.5, -3.5]],
    ['Mod', [int64([7, -7, 7, -7]), int64([3, 3, -3, -3])], {}, [1, 2, -2, -1]],
    ['Mod', [int64([7, -7, 7, -7]), int64([3, 3, -3, -3])], { fmod: int(1) }, [1, -1, 1, -1]],
    ['Pow', [int64([2, 3]), int64([3])], {}, [8, 27]],
    ['Max', [int64([1, 9]), int64([4]), int64([5])], {}, [5, 9]],
    ['Min', [int64([1, 9]), int64([4]), int64([5])], {}, [1, 4]],
    ['Sum', [float32([1, 2]), float32([10]), float32([100])], {}, [111, 112]],
    ['Mean', [float32([1, 2]), float32([3])], {}, [2, 2.5]],
    ['Neg', [int64([3, -4])], {}, [-3, 4]],
    ['Abs', [int64([3, -4])], {}, [3, 4]],
    ['Sign', [float32([-2, 0, 5])], {}, [-1, 0, 1]],
    ['Sqrt', [float32([4, 2.25])], {}, [2, 1.5]],
    ['Reciprocal', [float32([4, -0.5])], {}, [0.25, -2]],
    ['Floor', [float32([1.5, -1.5])], {}, [1, -2]],
    ['Ceil', [float32([1.5, -1.5])], {}, [2, -1]],
    ['Round', [float32([0.5, 1.5, 2.5, 3.5, -1.5, -2.5, 1.4, -1.6])], {}, [0, 2, 2, 4, -2, -2, 1, -2]],
    ['Exp', [float32([0])], {}, [1]],
    ['Log', [float32([1])], {}, [0]],
    ['ReduceSum', [matrix, int64([1])], {}, [2, 3]],
    ['ReduceSum', [matrix], {}, [5]],
    ['ReduceSum', [matrix], { noop_with_empty_axes: int(1) }, [1, -2, 3, 4, 5, -6]],
    ['ReduceProd', [matrix, int64([-1])], { keepdims: int(0) }, [-6, -120]],
    ['ReduceMax', [matrix, int64([0])], {}, [4, 5, 3]],
    ['ReduceMin', [matrix, int64([0])], {}, [1, -2, -6]],
    ['ReduceMean', [matrix, int64([0])], {}, [2.5, 1.5, -1.5]],
  ] as const)('%s is right (case %#)', (opType, inputs, attributes, wanted) => {
    expect(numbersOf(evaluate(opType, inputs, attributes))).toEqual(wanted);
  });

  it.each([
    ['Equal', [0, 1, 0]],
    ['Less', [1, 0, 0]],
    ['LessOrEqual', [1, 1, 0]],
    ['Greater', [0, 0, 1]],
    ['GreaterOrEqual', [0, 1, 1]],
  ])('%s compares below, at and above', (opType, wanted) => {
    const result = evaluate(opType, [int64([1, 2, 3]), int64([2])]);
    expect(result.type).toBe('bool');
    expect(numbersOf(result)).toEqual(wanted);
  });

  it.each([
    ['And', [0, 0, 0, 1]],
    ['Or', [0, 1, 1, 1]],
    ['Xor', [0, 1, 1, 0]],
  ])('%s has its truth table', (opType, wanted) => {
    const inputs = [bool([false, true], [2, 1]), bool([false, true])];
    expect(numbersOf(evaluate(opType, inputs))).toEqual(wanted);
  });

  it('a division of integers by zero is a sentence', () => {
    expect(() => evaluate('Div', [int64([1]), int64([0])])).toThrow(
      'The Div node "y" has no whole number as its result: it divides by zero.',
    );
  });
});
