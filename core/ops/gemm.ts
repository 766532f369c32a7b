import { LoupeError } from '../base/errors.ts';
import { broadcastShapes, formatShape, shapesEqual } from '../base/shape.ts';
import { readFloat, readInt } from '../graph/attributes.ts';
import { type Node, float, int } from '../graph/ir.ts';
import { type ShapeContext, type VjpContext, defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';

const [normal, flipped] = [{ dims: [2, 3] }, { dims: [3, 2] }];
const [weight, weightFlipped] = [{ dims: [3, 4] }, { dims: [4, 3] }];

/**
 * Y = α·A′B′ + β·C, where A′ is A or Aᵀ and B′ is B or Bᵀ. With G = dY:
 *   dA′ = α·G B′ᵀ,  dB′ = α·A′ᵀ G,  dC = β·G.
 * The transposes are the Gemm's own, so that no weight is copied.
 */
export const gemm = defineOperator({
  opType: 'Gemm',
  arity: { inputs: [2, 3], outputs: [1, 1] },
  attributes: { alpha: 'float', beta: 'float', transA: 'int', transB: 'int' },
  infer: (context) => {
    const shape = productShape(context);
    const bias = context.inputs[2]?.shape;
    if (bias === undefined || shapesEqual(broadcastShapes(bias, shape), shape)) {
      return [{ type: context.input(0).type, shape }];
    }
    throw new LoupeError(
      'badGraph',
      `C of shape ${formatShape(bias)} does not broadcast to ${formatShape(shape)}.`,
    );
  },
  vjp: (context) => {
    const { b, ct, needs, node } = context;
    const beta = readFloat(node, 'beta', 1);
    const bias = (): string => (beta === 1 ? ct : arithmetic(b).mul(ct, beta));
    return [
      needs(0) ? leftCotangent(context) : undefined,
      needs(1) ? rightCotangent(context) : undefined,
      needs(2) ? bias() : undefined,
    ];
  },
  samples: [
    { title: 'a bias for each column', inputs: [normal, weight, { dims: [4] }] },
    { title: 'no bias, A transposed', inputs: [flipped, weight], attributes: { transA: int(1) } },
    {
      title: 'B transposed, factors',
      inputs: [normal, weightFlipped, { dims: [2, 1] }],
      attributes: { transB: int(1), alpha: float(0.5), beta: float(-2) },
    },
    {
      title: 'both transposed',
      inputs: [flipped, weightFlipped, { dims: [] }],
      attributes: { transA: int(1), transB: int(1) },
    },
  ],
});

function transposed(node: Node, side: 'transA' | 'transB'): boolean {
  return readInt(node, side, 0) !== 0;
}

function productShape({ input, node }: ShapeContext): [number, number] {
  const rowsAndColumns = (index: number, flip: boolean): [number, number] => {
    const { shape } = input(index);
    const [rows, columns] = shape;
    if (rows === undefined || columns === undefined || shape.length !== 2) {
      throw new LoupeError(
        'badGraph',
        `its input number ${index + 1} of shape ${formatShape(shape)} is no matrix.`,
      );
    }
    return flip ? [columns, rows] : [rows, columns];
  };
  const [rows, inner] = rowsAndColumns(0, transposed(node, 'transA'));
  const [wanted, columns] = rowsAndColumns(1, transposed(node, 'transB'));
  if (inner === wanted) return [rows, columns];
  throw new LoupeError('badGraph', `it multiplies rows of ${inner} elements by columns of ${wanted}.`);
}

/** α·G B′ᵀ, transposed if A was. */
function leftCotangent(context: VjpContext): string {
  const { ct, input, node } = context;
  const again = transposed(node, 'transB');
  return transposed(node, 'transA')
    ? product(context, [input(1), ct], again, true)
    : product(context, [ct, input(1)], false, !again);
}

/** α·A′ᵀ G, transposed if B was. */
function rightCotangent(context: VjpContext): string {
  const { ct, input, node } = context;
  const again = transposed(node, 'transA');
  return transposed(node, 'transB')
    ? product(context, [ct, input(0)], true, again)
    : product(context, [input(0), ct], !again, false);
}

function product(
  { b, node }: VjpContext,
  factors: readonly string[],
  transA: boolean,
  transB: boolean,
): string {
  return b.add('Gemm', factors, {
    alpha: float(readFloat(node, 'alpha', 1)),
    transA: int(Number(transA)),
    transB: int(Number(transB)),
  });
}
