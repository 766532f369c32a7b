import { LoupeError } from '../base/errors.ts';
import { broadcastAxes, shapesEqual, sizeOf } from '../base/shape.ts';
import { float32 } from '../base/tensor.ts';
import { describeNode } from '../graph/attributes.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { type Node, int } from '../graph/ir.ts';
import type { Vjp, VjpContext } from '../ops/define.ts';
import { operatorOf } from '../ops/registry.ts';
import { type Composite, plain } from './composite.ts';
import { pathBetween, reachable } from './reach.ts';

export interface BackwardQuestion {
  /** The value that is differentiated. */
  readonly of: string;
  /** Cotangent of `of`, of its shape; ones unless given (so `of` is usually a scalar an example). */
  readonly cotangent?: string;
  /** The values whose cotangents are wanted: inputs, constants or inner values. */
  readonly wrt: readonly string[];
  /** Alternative backward rules; the operators' own derivatives unless given. */
  readonly composite?: Composite;
}

/**
 * Reverse-mode differentiation: emits the backward nodes of `question` into `b` and returns the
 * name of the cotangent of each value of `wrt`, in order. Forward values are used by name, so
 * several questions put to one builder share one forward pass; and since rules emit operators that
 * have rules, a result can be differentiated again.
 *
 * A value on which `of` does not depend has the cotangent zero (a constant of its shape).
 */
export function backward(b: GraphBuilder, question: BackwardQuestion): string[] {
  const { of, wrt, composite = plain } = question;
  const nodes = [...b.nodes];
  const active = reachable(nodes, wrt, of);
  const cotangents = new Map<string, string[]>([[of, [question.cotangent ?? ones(b, of)]]]);
  const total = (name: string): string | undefined => {
    const parts = cotangents.get(name);
    if (parts === undefined) return undefined;
    const sum = parts.reduce((left, right) => b.add('Add', [left, right], {}, { name: `ct/${name}` }));
    cotangents.set(name, [sum]);
    return sum;
  };

  for (const node of nodes.reverse()) {
    if (!node.outputs.some((output) => active.has(output) && cotangents.has(output))) continue;
    const cts = node.outputs.map((output) => (active.has(output) ? total(output) : undefined));
    const rule = ruleFor(b, node, composite, () => pathBetween(nodes, wrt, node, of));
    if (rule === 'zero') continue;
    const results = rule(contextOf(b, node, cts, active));
    node.inputs.forEach((input, index) => {
      const result = results[index];
      if (result === undefined || !active.has(input)) return;
      const reduced = unbroadcast(b, result, input);
      cotangents.set(input, [...(cotangents.get(input) ?? []), reduced]);
    });
  }
  return wrt.map((name) => total(name) ?? zeros(b, name));
}

function ruleFor(b: GraphBuilder, node: Node, composite: Composite, path: () => string): Vjp | 'zero' {
  const override = composite.find(({ matches }) => matches(node, b));
  if (override !== undefined) return override.rule.vjp;
  const { vjp } = operatorOf(node);
  if (vjp !== 'nondifferentiable') return vjp;
  throw new LoupeError(
    'noGradient',
    `The gradient has to pass through the ${describeNode(node)}, but ${node.opType} has no gradient (path: ${path()}).`,
  );
}

function contextOf(
  b: GraphBuilder,
  node: Node,
  cts: readonly (string | undefined)[],
  active: ReadonlySet<string>,
): VjpContext {
  const at = (names: readonly string[], side: string) => (index: number) => {
    const name = names[index];
    if (name === undefined || name === '') {
      throw new LoupeError('badGraph', `The ${describeNode(node)} lacks its ${side} number ${index + 1}.`);
    }
    return name;
  };
  return {
    b,
    node,
    inputs: node.inputs,
    outputs: node.outputs,
    cts,
    // Operators of several outputs may have no cotangent at the first one; their rules look at `cts`.
    ct: cts[0] ?? '',
    input: at(node.inputs, 'input'),
    output: at(node.outputs, 'output'),
    needs: (index) => active.has(node.inputs[index] ?? ''),
    shapeOf: (name) => b.shapeOf(name),
    constant: (index) => b.constantOf(node.inputs[index] ?? ''),
  };
}

/** Sums a cotangent over the axes along which broadcasting repeated the primal. */
function unbroadcast(b: GraphBuilder, ct: string, primal: string): string {
  const [from, to] = [b.shapeOf(ct), b.shapeOf(primal)];
  if (shapesEqual(from, to)) return ct;
  const axes = broadcastAxes(to, from);
  const summed = axes.length === 0 ? ct : b.add('ReduceSum', [ct, b.axes(axes)], { keepdims: int(1) });
  return shapesEqual(b.shapeOf(summed), to) ? summed : b.add('Reshape', [summed, b.axes(to)]);
}

function ones(b: GraphBuilder, name: string): string {
  return filled(b, name, 1);
}

function zeros(b: GraphBuilder, name: string): string {
  return filled(b, name, 0);
}

function filled(b: GraphBuilder, name: string, value: number): string {
  const shape = b.shapeOf(name);
  return b.constant(float32(new Float32Array(sizeOf(shape)).fill(value), shape), `filled.${value}`);
}
