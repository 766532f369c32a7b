import { backward } from '../../autodiff/backward.ts';
import { float32, numbersOf } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { int } from '../../graph/ir.ts';
import { newBuilder } from '../../ops/registry.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import type { TableResult } from '../../protocol/results.ts';
import { outputOf } from '../../runtime/program.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { namedOutputs } from '../../passes/namedOutputs.ts';

/** One training example, and the parameters at which the graph is looked at. */
export interface LinearPoint {
  readonly x: readonly number[];
  readonly y: number;
  readonly w: readonly number[];
  readonly b: number;
  /** λ of the ridge penalty; without it the objective is the loss alone. */
  readonly lambda?: number;
}

/** A node of the computation graph; of a vector, one element. */
export interface ListedNode {
  readonly node: string;
  readonly operation: string;
  /** What the forward pass computes. */
  readonly value: number;
  /** ∂J/∂node as the reverse walk computes it on the compiled graph. */
  readonly derivative: number;
  /** The same by hand. */
  readonly formula: string;
  readonly byHand: number;
}

/** A value of the graph with what is known of it by hand, element by element. */
interface Described {
  readonly value: string;
  /** An index is put in place of `j`. */
  readonly node: string;
  readonly operation: string;
  readonly formula: string;
  readonly byHand: readonly number[];
}

/**
 * Emits ŷ = Σ wⱼxⱼ + b, r = y − ŷ, ℓ = r², and with a penalty R = λ Σ wⱼ² and J = ℓ + R; returns every value with its derivative by hand,
 * from the output back:
 *   ∂J/∂ℓ = ∂J/∂R = 1, ∂J/∂r = 2r, ∂J/∂ŷ = −2r, ∂J/∂b = −2r, ∂J/∂wⱼ = −2r xⱼ + 2λwⱼ.
 */
function emitObjective(b: GraphBuilder, { x, y, w, b: bias, lambda }: LinearPoint): Described[] {
  const { add, mul, sub } = arithmetic(b);
  const input = (name: string, shape: readonly number[]): string => b.input(name, { type: 'float32', shape });
  const sum = (value: string): string => b.add('ReduceSum', [value], { keepdims: int(0) });
  const names = {
    x: input('x', [x.length]),
    y: input('y', []),
    w: input('w', [w.length]),
    b: input('b', []),
  };
  const products = mul(names.w, names.x);
  const total = sum(products);
  const prediction = add(total, names.b);
  const residual = sub(names.y, prediction);
  const loss = mul(residual, residual);
  const r = w.reduce((left, weight, j) => left - weight * (x[j] ?? 0), y - bias);
  const each = (of: (j: number) => number): number[] => w.map((_, j) => of(j));
  const lambdas = lambda ?? 0;
  const penalised = lambda === undefined ? '' : ' + 2λ·wj';
  const shared: Described[] = [
    {
      value: names.x,
      node: 'xj',
      operation: 'input',
      formula: '−2r·wj',
      byHand: each((j) => -2 * r * (w[j] ?? 0)),
    },
    { value: names.y, node: 'y', operation: 'input', formula: '2r', byHand: [2 * r] },
    {
      value: names.w,
      node: 'wj',
      operation: 'parameter',
      formula: `−2r·xj${penalised}`,
      byHand: each((j) => -2 * r * (x[j] ?? 0) + 2 * lambdas * (w[j] ?? 0)),
    },
    { value: names.b, node: 'b', operation: 'parameter', formula: '−2r', byHand: [-2 * r] },
    { value: products, node: 'pj', operation: 'wj·xj', formula: '−2r', byHand: each(() => -2 * r) },
    { value: total, node: 's', operation: 'Σ pj', formula: '−2r', byHand: [-2 * r] },
    { value: prediction, node: 'ŷ', operation: 's + b', formula: '−2r', byHand: [-2 * r] },
    { value: residual, node: 'r', operation: 'y − ŷ', formula: '2r', byHand: [2 * r] },
    { value: loss, node: 'ℓ', operation: 'r²', formula: '1', byHand: [1] },
  ];
  if (lambda === undefined) return shared;
  const squares = mul(names.w, names.w);
  const norm = sum(squares);
  const penalty = mul(norm, lambda);
  return [
    ...shared,
    { value: squares, node: 'qj', operation: 'wj²', formula: 'λ', byHand: each(() => lambda) },
    { value: norm, node: 'n', operation: 'Σ qj', formula: 'λ', byHand: [lambda] },
    { value: penalty, node: 'R', operation: 'λ·n', formula: '1', byHand: [1] },
    { value: add(loss, penalty), node: 'J', operation: 'ℓ + R', formula: '1', byHand: [1] },
  ];
}

/** Every node of the objective's graph with its value and its partial derivative, both from one compiled program. */
export async function listNodes(runtime: Runtime, point: LinearPoint): Promise<ListedNode[]> {
  const b = newBuilder();
  const described = emitObjective(b, point);
  const values = described.map(({ value }) => value);
  const slopes = backward(b, { of: values.at(-1) ?? '', wrt: values });
  const outputs = described.flatMap((_, index) => [
    [`value/${index}`, values[index] ?? ''],
    [`derivative/${index}`, slopes[index] ?? ''],
  ]);
  const program = await runtime.compile(
    namedOutputs(b, Object.fromEntries(outputs) as Record<string, string>),
  );
  const { x, y, w, b: bias } = point;
  const feeds = { x: float32(x), y: float32([y], []), w: float32(w), b: float32([bias], []) };
  const result = await program.run(feeds);
  return described.flatMap(({ node, operation, formula, byHand }, index) => {
    const [found, derivative] = ['value', 'derivative'].map((kind) =>
      numbersOf(outputOf(result, `${kind}/${index}`)),
    );
    return byHand.map((wanted, j): ListedNode => {
      const indexed = (text: string): string => text.replaceAll('j', String(j + 1));
      return {
        node: indexed(node),
        operation: operation.startsWith('Σ') ? operation : indexed(operation),
        value: found?.[j] ?? Number.NaN,
        derivative: derivative?.[j] ?? Number.NaN,
        formula: indexed(formula),
        byHand: wanted,
      };
    });
  });
}

export function nodeTable(nodes: readonly ListedNode[], objective: string): TableResult {
  const right = true;
  return {
    type: 'table',
    name: 'nodes',
    title: 'The computation graph, node by node',
    columns: [
      { title: 'node' },
      { title: 'operation' },
      { title: 'value', right },
      { title: `∂${objective}/∂node`, right },
      { title: 'by hand' },
      { title: 'is', right },
    ],
    rows: nodes.map(({ node, operation, value, derivative, formula, byHand }) => [
      node,
      operation,
      value,
      derivative,
      formula,
      byHand,
    ]),
  };
}

/** Greatest difference between a derivative and the one by hand. */
export const greatestDifference = (nodes: readonly ListedNode[]): number =>
  Math.max(...nodes.map(({ derivative, byHand }) => Math.abs(derivative - byHand)));
