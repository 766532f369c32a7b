import { sizeOf } from '../base/shape.ts';
import { readFloat } from '../graph/attributes.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { type Graph, type Node, int } from '../graph/ir.ts';
import { rewriteGraph } from '../passes/rewrite.ts';

/**
 * Rewrites a batched graph so that every piecewise linear unit stays on the piece on which the first
 * row of the batch is: a rectifier keeps that row's signs, a max-pooling that row's winners. What is
 * left is smooth, and has at the first row the values and the gradient of the network itself.
 */
export function holdPieces(graph: Graph): Graph {
  return rewriteGraph(graph, (node, b) => {
    const input = node.inputs[0] ?? '';
    if (node.domain !== '' || input === '' || (b.shapeOf(input)[0] ?? 1) === 1) return undefined;
    const held = holders[node.opType]?.(node, b);
    return held === undefined ? undefined : [held];
  });
}

type Hold = (node: Node, b: GraphBuilder) => string | undefined;

/** y = x · 1[x₀ > 0], with x₀ the first row. */
const holdRelu: Hold = ({ inputs: [x = ''] }, b) => b.add('Mul', [x, positive(b, firstRow(b, x))]);

/** On the side of x₀: x, or the node's own line through the origin, slope · x. */
const holdLeaky: Hold = (node, b) => {
  const [x = '', slopes = ''] = node.inputs;
  const slope = node.opType === 'PRelu' ? slopes : b.scalar(readFloat(node, 'alpha', 0.01));
  return b.add('Where', [above(b, firstRow(b, x)), x, b.add('Mul', [x, slope])]);
};

/** x where the first row lies strictly between the bounds, as the derivative has it; that row's bound elsewhere. */
function clipped(b: GraphBuilder, x: string, min: string, max: string): string {
  const row = firstRow(b, x);
  const inside = [
    ...(min === '' ? [] : [b.add('Greater', [row, min])]),
    ...(max === '' ? [] : [b.add('Less', [row, max])]),
  ];
  if (inside.length === 0) return x;
  const condition = inside.reduce((left, right) => b.add('And', [left, right]));
  return b.add('Where', [condition, x, b.add('Clip', [row, min, max])]);
}

const holdClip: Hold = ({ inputs: [x = '', min = '', max = ''] }, b) => clipped(b, x, min, max);

/** αx + β between 0 and 1, held as `clipped` holds. */
function hardSigmoid(b: GraphBuilder, x: string, alpha: number, beta: number): string {
  const line = b.add('Add', [b.add('Mul', [x, b.scalar(alpha)]), b.scalar(beta)]);
  return clipped(b, line, b.scalar(0), b.scalar(1));
}

const holdHardSigmoid: Hold = (node, b) =>
  hardSigmoid(b, node.inputs[0] ?? '', readFloat(node, 'alpha', 0.2), readFloat(node, 'beta', 0.5));

/** x · HardSigmoid(x; 1/6, 1/2). */
const holdHardSwish: Hold = ({ inputs: [x = ''] }, b) => b.add('Mul', [x, hardSigmoid(b, x, 1 / 6, 1 / 2)]);

/** The elements of x at the places where the first row has its maxima. */
const holdMaxPool: Hold = (node, b) => {
  const [x = ''] = node.inputs;
  const [pooled = '', places = ''] = b.addAll('MaxPool', [firstRow(b, x)], node.attributes, { outputs: 2 });
  const [rows = 1, ...rest] = b.shapeOf(x);
  const shape = b.shapeOf(pooled).slice(1);
  const flat = b.add('Reshape', [x, b.axes([rows, sizeOf(rest)])]);
  const row = b.add('Reshape', [places, b.axes([1, sizeOf(shape)])]);
  const everyRow = b.add('Expand', [row, b.axes([rows, sizeOf(shape)])]);
  const taken = b.add('GatherElements', [flat, everyRow], { axis: int(1) });
  return b.add('Reshape', [taken, b.axes([rows, ...shape])]);
};

const holders: Readonly<Record<string, Hold>> = {
  Relu: holdRelu,
  LeakyRelu: holdLeaky,
  PRelu: holdLeaky,
  Clip: holdClip,
  HardSigmoid: holdHardSigmoid,
  HardSwish: holdHardSwish,
  MaxPool: holdMaxPool,
};

/** The first example of a batch, [1, …]. */
export function firstRow(b: GraphBuilder, value: string): string {
  return b.add('Slice', [value, b.axes([0]), b.axes([1]), b.axes([0])]);
}

/** 1[x > 0] as float32. */
export function positive(b: GraphBuilder, value: string): string {
  return b.add('Cast', [above(b, value)], { to: int(1) });
}

const above = (b: GraphBuilder, value: string): string => b.add('Greater', [value, b.scalar(0)]);
