import { LoupeError } from '../base/errors.ts';
import { shapesEqual } from '../base/shape.ts';
import { float32 } from '../base/tensor.ts';
import { readString } from '../graph/attributes.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { type Node, string } from '../graph/ir.ts';
import { type ShapeContext, type VjpContext, defineOperator, many } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';

/** `ij,jk->ik` as its operands' letters and the output's. */
interface Equation {
  readonly terms: readonly string[];
  readonly output: string;
}

/**
 * Σ of products of elements, by the letters of an equation. The cotangent of an operand is again such a sum, of
 * the output's cotangent and the other operands: y_ik = Σ a_ij b_jk gives da_ij = Σ ct_ik b_jk.
 */
export const einsum = defineOperator({
  opType: 'Einsum',
  arity: { inputs: [1, many], outputs: [1, 1] },
  attributes: { equation: 'string' },
  infer: (context) => {
    const { output } = equationOf(context.node);
    const sizes = letterSizes(context);
    return [{ type: context.input(0).type, shape: Array.from(output, (letter) => sizes.get(letter) ?? 1) }];
  },
  vjp: (context) =>
    context.node.inputs.map((_, operand) =>
      context.needs(operand) ? cotangent(context, operand) : undefined,
    ),
  samples: [
    {
      title: 'a product',
      inputs: [{ dims: [2, 3] }, { dims: [3, 4] }],
      attributes: { equation: string('ij,jk->ik') },
    },
    {
      title: 'batches',
      inputs: [{ dims: [2, 2, 3] }, { dims: [2, 4, 3] }],
      attributes: { equation: string('bij,bkj->bik') },
    },
    {
      title: 'a letter of one operand only',
      inputs: [{ dims: [2, 3] }, { dims: [2] }],
      attributes: { equation: string('ij,i->i') },
    },
    {
      title: 'a scalar product',
      inputs: [{ dims: [2, 3] }, { dims: [2, 3] }],
      attributes: { equation: string('ij,ij->') },
    },
    { title: 'a diagonal', inputs: [{ dims: [3, 2, 3] }], attributes: { equation: string('iji->ij') } },
    { title: 'a trace', inputs: [{ dims: [3, 3] }], attributes: { equation: string('ii->') } },
    {
      title: 'the output left out',
      inputs: [{ dims: [2, 3] }, { dims: [3, 2] }],
      attributes: { equation: string('ab, bc') },
    },
    { title: 'a transposition', inputs: [{ dims: [2, 3] }], attributes: { equation: string('ij->ji') } },
  ],
});

function equationOf(node: Node): Equation {
  const equation = readString(node, 'equation').replaceAll(' ', '');
  const [left = '', right] = equation.split('->');
  const terms = left.split(',');
  const output = right ?? implicitOutput(terms);
  const lawful = /^[A-Za-z]*$/.test(terms.join('') + output) && terms.length === node.inputs.length;
  const known = Array.from(output).every((letter) => left.includes(letter));
  if (lawful && known && new Set(output).size === output.length) return { terms, output };
  throw new LoupeError(
    'badGraph',
    `the equation "${equation}" must have letters for each of its ${node.inputs.length} inputs, as "ij,jk->ik"; "..." is not supported.`,
  );
}

/** Without "->", the output has the letters that occur once, in alphabetical order. */
function implicitOutput(terms: readonly string[]): string {
  const letters = Array.from(terms.join(''));
  return letters
    .filter((letter) => letters.filter((other) => other === letter).length === 1)
    .sort()
    .join('');
}

function letterSizes({ input, node }: ShapeContext): Map<string, number> {
  const sizes = new Map<string, number>();
  equationOf(node).terms.forEach((term, operand) => {
    const { shape } = input(operand);
    if (shape.length !== term.length) {
      throw new LoupeError(
        'badGraph',
        `"${term}" names ${term.length} axes of an input that has ${shape.length}.`,
      );
    }
    Array.from(term).forEach((letter, axis) => {
      const [known, dim] = [sizes.get(letter), shape[axis] ?? 1];
      if (known !== undefined && known !== dim) {
        throw new LoupeError('badGraph', `"${letter}" is ${known} in one place and ${dim} in another.`);
      }
      sizes.set(letter, dim);
    });
  });
  return sizes;
}

function cotangent(context: VjpContext, operand: number): string {
  const { b, ct, input, node } = context;
  const { output, terms } = equationOf(node);
  const term = terms[operand] ?? '';
  const others = terms.flatMap((letters, index) =>
    index === operand ? [] : [{ letters, name: input(index) }],
  );
  const elsewhere = output + others.map(({ letters }) => letters).join('');
  const found = unique(term).filter((letter) => elsewhere.includes(letter));
  // ONNX Runtime takes no operand without letters: the cotangent of a scalar is a factor.
  const factors = output === '' ? others : [{ letters: output, name: ct }, ...others];
  const total = contract(b, factors, found.join(''));
  const scaled = output === '' && total !== undefined ? arithmetic(b).mul(total, ct) : (total ?? ct);
  return place(b, scaled, { found, term, shape: b.shapeOf(input(operand)) });
}

function unique(term: string): string[] {
  return [...new Set(term)];
}

/** The sum of products of `factors` with the letters of `target`; undefined if there are no factors. */
function contract(
  b: GraphBuilder,
  factors: readonly { letters: string; name: string }[],
  target: string,
): string | undefined {
  const [first, ...rest] = factors;
  if (first === undefined || (rest.length === 0 && first.letters === target)) return first?.name;
  const equation = `${factors.map(({ letters }) => letters).join(',')}->${target}`;
  return b.add(
    'Einsum',
    factors.map(({ name }) => name),
    { equation: string(equation) },
  );
}

/**
 * Brings a value with the letters `found` to the shape of the operand `term`: it is repeated along letters that
 * occur nowhere else, and a letter that occurs twice in the term keeps only its diagonal.
 */
function place(
  b: GraphBuilder,
  value: string,
  { found, term, shape }: { found: readonly string[]; term: string; shape: readonly number[] },
): string {
  const dims = shape.map((dim, axis) => {
    const letter = term.charAt(axis);
    return found.includes(letter) && term.indexOf(letter) === axis ? dim : 1;
  });
  const reshaped = shapesEqual(b.shapeOf(value), dims) ? value : b.add('Reshape', [value, b.axes(dims)]);
  const masked = shape.reduce((so, dim, axis) => {
    const first = term.indexOf(term.charAt(axis));
    return first === axis ? so : arithmetic(b).mul(so, identity(b, dim, [first, axis], shape.length));
  }, reshaped);
  return shapesEqual(b.shapeOf(masked), shape) ? masked : b.add('Expand', [masked, b.axes(shape)]);
}

/** δ along two axes of a tensor of `rank`, 1 wide along the others. */
function identity(b: GraphBuilder, size: number, axes: readonly number[], rank: number): string {
  const dims = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? size : 1));
  const data = Float32Array.from({ length: size * size }, (_, at) => Number(at % (size + 1) === 0));
  return b.constant(float32(data, dims), 'diagonal');
}
