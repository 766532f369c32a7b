import type { Tensor } from '../../base/tensor.ts';
import { describeNode } from '../attributes.ts';
import type { Node } from '../ir.ts';
import { quantised } from './tensors.ts';

const quantisedOperator =
  /^QLinear|^Q(Gemm|Attention|MoE)$|Integer(ToFloat)?$|[Qq]uantize|^MatMul(NBits|Bnb4)$/;

/** Operators whose weights are float in every float model. */
const weighted = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

/** Throws if a node computes with quantised numbers: there is no gradient through rounding. */
export function refuseQuantisedOperators(nodes: readonly { opType: string; name: string }[]): void {
  const found = nodes.find(({ opType }) => quantisedOperator.test(opType));
  if (found !== undefined) throw quantised(`it has the ${found.opType} node "${found.name}"`);
}

/** Throws if an operator of float networks has weights of 8 bits. */
export function refuseQuantisedWeights(nodes: readonly Node[], constants: ReadonlyMap<string, Tensor>): void {
  for (const node of nodes) {
    if (!weighted.has(node.opType)) continue;
    const type = node.inputs.map((name) => constants.get(name)?.type).find(isQuantised);
    if (type !== undefined) throw quantised(`the weights of the ${describeNode(node)} are ${type}`);
  }
}

const isQuantised = (type: string | undefined): boolean => type === 'int8' || type === 'uint8';
