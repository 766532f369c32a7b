import { describe, expect, it } from 'vitest';
import { normals, seededRandom } from '../../core/base/random.ts';
import { sizeOf } from '../../core/base/shape.ts';
import { type Tensor, float32, floatsOf } from '../../core/base/tensor.ts';
import type { GraphBuilder } from '../../core/graph/builder.ts';
import { type Graph, int, ints, loupeDomain } from '../../core/graph/ir.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import { addBeforeSpread } from '../../core/passes/addBeforeSpread.ts';
import { lowerGraph } from '../../core/passes/lower/lower.ts';
import { isNonNegative } from '../../core/ops/shared/nonNegative.ts';
import { maskBeforeUnpool } from '../../core/passes/maskBeforeUnpool.ts';
import { prune } from '../../core/passes/prune.ts';
import { sliceEarlier } from '../../core/passes/sliceEarlier.ts';
import { sumEarlier } from '../../core/passes/sumEarlier.ts';
import { OrtProgram, outputOf } from '../../core/runtime/program.ts';
import { createSession } from '../../core/runtime/session.ts';

const random = seededRandom(5);
const drawn = (shape: readonly number[]): Tensor => float32(normals(random, sizeOf(shape)), shape);
const input = (b: GraphBuilder, name: string, shape: readonly number[]): string =>
  b.input(name, { type: 'float32', shape });
const operators = (graph: Graph): string[] => graph.nodes.map(({ opType }) => opType);

/** The numbers of all outputs, run as the graph is: without the passes of the pipeline. */
async function numbers(graph: Graph, feeds: Readonly<Record<string, Tensor>>): Promise<number[]> {
  const lowered = prune(lowerGraph(graph, 'cpu'));
  const session = await createSession(lowered, { target: 'cpu', threads: 1 });
  const program = new OrtProgram(session, lowered, 'cpu', 0);
  const result = await program.run(feeds);
  await program.release();
  return graph.outputs.flatMap((name) => [...floatsOf(outputOf(result, name))]);
}

async function expectSame(before: Graph, after: Graph): Promise<void> {
  const feeds = Object.fromEntries(
    before.inputs.map(({ name, dims }) => [name, drawn(dims.map(Number))] as const),
  );
  const [wanted, found] = [await numbers(before, feeds), await numbers(after, feeds)];
  expect(wanted.some((value) => value !== 0)).toBe(true);
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, at) => {
    expect(found[at]).toBeCloseTo(value, 4);
  });
}

describe('maskBeforeUnpool', () => {
  const window = { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) };
  const build = (outputs: 'mask' | 'both', maskOf: 'y' | 'x' = 'y'): Graph => {
    const b = newBuilder();
    const x = input(b, 'x', [2, 3, 6, 6]);
    const y = b.add('Relu', [x]);
    const p = b.add('MaxPool', [y], window);
    const ct = input(b, 'ct', b.shapeOf(p));
    const unpooled = b.add('MaxPoolGrad', [y, p, ct], window, { domain: loupeDomain });
    const masked = b.add('ReluGrad', [maskOf === 'y' ? y : x, unpooled], {}, { domain: loupeDomain });
    return b.build(outputs === 'mask' ? [masked] : [masked, unpooled]);
  };

  it('takes the mask on the pooled map, with the same numbers for overlapping windows', async () => {
    const after = prune(maskBeforeUnpool(build('mask')));
    expect(operators(after).filter((name) => name.endsWith('Grad'))).toEqual(['ReluGrad', 'MaxPoolGrad']);
    await expectSame(build('mask'), after);
  });

  it('leaves the unmasked gradient as it is where that is asked for too', async () => {
    const after = prune(maskBeforeUnpool(build('both')));
    expect(operators(after).filter((name) => name === 'MaxPoolGrad')).toHaveLength(2);
    await expectSame(build('both'), after);
  });

  it('does nothing where the mask is of another value than the pooled one', () => {
    expect(operators(maskBeforeUnpool(build('mask', 'x')))).toEqual(operators(build('mask', 'x')));
  });
});

describe('sliceEarlier', () => {
  const shape = [2, 6, 5, 5];
  const build = (options: { term?: readonly number[]; end?: number; keepWhole?: boolean }): Graph => {
    const b = newBuilder();
    const ct = input(b, 'ct', [2, 4, 5, 5]);
    const term = input(b, 'term', options.term ?? shape);
    const attributes = { input_shape: ints(shape), kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) };
    const weights = b.constant(drawn([4, 6, 3, 3]));
    const gradient = b.add('ConvInputGrad', [ct, weights], attributes, { domain: loupeDomain });
    const sum = b.add('Add', [gradient, term]);
    const slice = (start: number, end: number): string =>
      b.add('Slice', [sum, b.axes([start]), b.axes([end]), b.axes([1])]);
    const slices = [slice(0, 2), slice(2, options.end ?? 6)];
    return b.build(options.keepWhole === true ? [...slices, sum] : slices);
  };

  it('computes only the channels that are kept, with the same numbers for a batch', async () => {
    const before = build({});
    const after = prune(sliceEarlier(before));
    expect(operators(after).filter((name) => name === 'ConvInputGrad')).toHaveLength(2);
    await expectSame(before, after);
  });

  it('understands a slice to the end', () => {
    const after = prune(sliceEarlier(build({ end: 2 ** 40 })));
    expect(after.outputs.map((name) => after.types.get(name)?.shape[1])).toEqual([2, 4]);
  });

  it.each([
    ['a term is broadcast', { term: [1, 1, 5, 5] }],
    ['the whole gradient is asked for too', { keepWhole: true }],
  ])('does nothing where %s', (_why, options) => {
    const before = build(options);
    expect(operators(sliceEarlier(before))).toEqual(operators(before));
  });
});

describe('sumEarlier', () => {
  const gradient = { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]), input_shape: ints([4, 3, 6, 6]) };
  const build = (also: 'nothing' | 'each' = 'nothing', scale: readonly number[] = [1, 3, 1, 1]): Graph => {
    const b = newBuilder();
    const ct = input(b, 'ct', [4, 5, 3, 3]);
    const weights = b.constant(drawn([5, 3, 3, 3]));
    const slope = b.add('ConvInputGrad', [ct, weights], gradient, { domain: loupeDomain });
    const scaled = b.add('Mul', [b.constant(drawn(scale), 'scale'), slope]);
    const sum = b.add('ReduceSum', [scaled, b.axes([0])], { keepdims: int(1) });
    return b.build(also === 'each' ? [sum, slope] : [sum]);
  };

  it('sums the cotangents of all examples and convolves once, with the same numbers', async () => {
    const before = build();
    const after = prune(sumEarlier(before));
    expect(operators(after)).toEqual(['ReduceSum', 'ConvInputGrad', 'Mul', 'Identity']);
    expect(after.types.get(after.outputs[0] ?? '')?.shape).toEqual([1, 3, 6, 6]);
    await expectSame(before, after);
  });

  it('goes only past the scaling where the gradient of each example is asked for too', async () => {
    const before = build('each');
    const after = prune(sumEarlier(before));
    expect(operators(after)).toEqual(['ConvInputGrad', 'ReduceSum', 'Mul', 'Identity']);
    await expectSame(before, after);
  });

  it('stops at a scale of each example', () => {
    const own = build('nothing', [4, 1, 1, 1]);
    expect(operators(sumEarlier(own))).toEqual(operators(own));
  });
});

describe('addBeforeSpread', () => {
  const spread = { blocksize: int(2) };
  const build = (channels: number, axis: 1 | 'padded'): Graph => {
    const b = newBuilder();
    const phases = ['a', 'b', 'c', 'd'].map((name) => input(b, name, [2, 3, 4, 4]));
    const whole = b.add('Concat', phases, { axis: int(1) });
    const q = input(b, 'q', [2, channels, 4, 4]);
    const pads = b.axes([0, 0, 0, 0, 0, 9, 0, 0]);
    const partial = axis === 'padded' ? b.add('Pad', [q, pads]) : q;
    return b.build([
      b.add('Add', [b.add('DepthToSpace', [whole], spread), b.add('DepthToSpace', [partial], spread)]),
    ]);
  };

  it('adds the one phase that a 1x1 kernel reaches to the first phase, with the same numbers', async () => {
    const after = prune(addBeforeSpread(build(3, 'padded')));
    expect(operators(after)).toEqual(['Add', 'Concat', 'DepthToSpace', 'Identity']);
    await expectSame(build(3, 'padded'), after);
  });

  it('adds whole maps before one spreading, with the same numbers', async () => {
    const after = prune(addBeforeSpread(build(12, 1)));
    expect(operators(after)).toEqual(['Concat', 'Add', 'DepthToSpace', 'Identity']);
    await expectSame(build(12, 1), after);
  });

  it('does nothing where one term is broadcast over the channels', () => {
    expect(operators(addBeforeSpread(build(4, 1)))).toEqual(operators(build(4, 1)));
  });
});

describe('isNonNegative', () => {
  it('follows sums that share their terms without looking at them again', () => {
    const b = newBuilder();
    const x = input(b, 'x', [1]);
    const doubled = (value: string): string =>
      Array.from({ length: 200 }).reduce<string>((sum) => b.add('Add', [sum, sum]), value);
    expect(isNonNegative(b, doubled(b.add('Relu', [x])))).toBe(true);
    expect(isNonNegative(b, doubled(x))).toBe(false);
  });

  it('does not trust a Clip whose upper bound is negative', () => {
    const b = newBuilder();
    const clip = (...bounds: readonly number[]): string =>
      b.add('Clip', [input(b, `x${bounds.join()}`, [1]), ...bounds.map((bound) => b.scalar(bound))]);
    expect(isNonNegative(b, clip(0))).toBe(true);
    expect(isNonNegative(b, clip(0, 6))).toBe(true);
    expect(isNonNegative(b, clip(0, -1))).toBe(false);
    expect(isNonNegative(b, clip(-1, 6))).toBe(false);
  });
});
