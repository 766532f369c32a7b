import { LoupeError } from '../base/errors.ts';
import { broadcastShapes, normalizeAxis, shapesEqual, sizeOf } from '../base/shape.ts';
import { readFloat, readInt } from '../graph/attributes.ts';
import { float, int } from '../graph/ir.ts';
import { type ShapeContext, type VjpContext, defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import {
  type Standardized,
  normalizationDefaults,
  standardize,
  standardizeGradient,
} from './shared/normalization.ts';

type Statistics = Pick<Standardized, 'normalized' | 'inverse'>;

/** y = γx̂ + β with x̂ standardized over the axes from `axis` on; the outputs 2 and 3 are the mean and r = 1/√(σ² + ε). */
export const layerNormalization = defineOperator({
  opType: 'LayerNormalization',
  arity: { inputs: [2, 3], outputs: [1, 3] },
  attributes: { axis: 'int', epsilon: 'float', stash_type: 'int' },
  infer: (context) => {
    const { input, inputs, node } = context;
    const { type, shape } = input(0);
    const axis = normalizeAxis(readInt(node, 'axis', -1), shape.length);
    requireParameter(context, 1);
    if (inputs[2] !== undefined) requireParameter(context, 2);
    const statistics = { type, shape: shape.map((dim, at) => (at < axis ? dim : 1)) };
    return [input(0), statistics, statistics];
  },
  vjp: (context) => {
    const { b, cts, needs } = context;
    const [ct] = cts;
    const statistics = statisticsOf(context);
    return [
      needs(0) ? inputCotangent(context, statistics) : undefined,
      ct !== undefined && needs(1) ? b.add('Mul', [ct, statistics.normalized]) : undefined,
      ct !== undefined && needs(2) ? ct : undefined,
    ];
  },
  samples: [
    { title: 'the last axis, no bias', inputs: [{ dims: [3, 6] }, { dims: [6] }] },
    {
      title: 'two axes, large epsilon',
      inputs: [{ dims: [2, 3, 4] }, { dims: [3, 4] }, { dims: [3, 4] }],
      attributes: { axis: int(1), epsilon: float(0.1) },
    },
    {
      title: 'all outputs',
      inputs: [{ dims: [2, 2, 5] }, { dims: [5] }, { dims: [5] }],
      outputs: 3,
    },
  ],
});

function requireParameter({ input }: ShapeContext, index: number): void {
  const [{ shape }, parameter] = [input(0), input(index)];
  if (shapesEqual(broadcastShapes(shape, parameter.shape), shape)) return;
  throw new LoupeError('badGraph', `its input number ${index + 1} does not broadcast to the first.`);
}

function normalizedAxes({ b, input, node }: VjpContext): number[] {
  const rank = b.shapeOf(input(0)).length;
  const first = normalizeAxis(readInt(node, 'axis', -1), rank);
  return Array.from({ length: rank - first }, (_, at) => first + at);
}

/** x̂ and r, from the node's own outputs where it has them. */
function statisticsOf(context: VjpContext): Statistics {
  const { b, input, node, outputs } = context;
  const [, mean = '', inverse = ''] = outputs;
  if (mean === '' || inverse === '') {
    const epsilon = readFloat(node, 'epsilon', normalizationDefaults.epsilon);
    return standardize(b, input(0), normalizedAxes(context), epsilon);
  }
  const { mul, sub } = arithmetic(b);
  return { inverse, normalized: mul(sub(input(0), mean), inverse) };
}

/** The part of y as for every normalization; d(mean) = Σ dx/n and dr = −r²·Σ x̂·dx/n. */
function inputCotangent(context: VjpContext, { inverse, normalized }: Statistics): string {
  const { b, cts, input } = context;
  const { add, mul } = arithmetic(b);
  const [ct, meanCt, inverseCt] = cts;
  const shape = b.shapeOf(input(0));
  const axes = normalizedAxes(context);
  const count = sizeOf(axes.map((axis) => shape[axis] ?? 1));
  const terms: string[] = [];
  if (ct !== undefined) terms.push(standardizeGradient(b, mul(ct, input(1)), { inverse, normalized }, axes));
  if (meanCt !== undefined) terms.push(b.add('Expand', [mul(meanCt, 1 / count), b.axes(shape)]));
  if (inverseCt !== undefined) {
    terms.push(mul(normalized, mul(mul(inverseCt, mul(inverse, inverse)), -1 / count)));
  }
  return terms.reduce((left, right) => add(left, right));
}
