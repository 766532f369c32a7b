import { type Tensor, floatsOf, tensor } from '../base/tensor.ts';
import { readFloat, readInt } from '../graph/attributes.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Graph, Node } from '../graph/ir.ts';
import { rewriteGraph } from './rewrite.ts';

/**
 * Folds an inference-mode BatchNormalization into the Conv before it:
 *   γ (W∗x + b − μ)/√(σ²+ε) + β  =  (sW)∗x + s(b − μ) + β,   s = γ/√(σ²+ε).
 * Only where the convolution's output has no other consumer and every parameter is a constant.
 */
export function foldBatchNorm(graph: Graph): Graph {
  const uses = new Map<string, number>();
  for (const name of [...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs]) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const convolutions = new Map<string, Node>();
  return rewriteGraph(graph, (node, b) => {
    if (node.domain !== '') return undefined;
    if (node.opType === 'Conv') {
      const output = node.outputs[0] ?? '';
      if (uses.get(output) === 1) convolutions.set(output, node);
      return undefined;
    }
    const convolution =
      node.opType === 'BatchNormalization' ? convolutions.get(node.inputs[0] ?? '') : undefined;
    return convolution === undefined ? undefined : folded(convolution, node, b);
  });
}

/** The folded convolution takes the place of the batch norm; the old one is left to `prune`. */
function folded(convolution: Node, norm: Node, b: GraphBuilder): readonly string[] | undefined {
  const [x = '', w = '', bias = ''] = convolution.inputs;
  const weight = b.constantOf(w);
  const parameters = norm.inputs.slice(1).map((name) => b.constantOf(name));
  const [gamma, beta, mean, variance] = parameters;
  const oldBias = bias === '' ? undefined : b.constantOf(bias);
  if (!weight || !gamma || !beta || !mean || !variance || (bias !== '' && !oldBias)) return undefined;
  if (readInt(norm, 'training_mode', 0) !== 0 || norm.outputs.length > 1) return undefined;

  const epsilon = readFloat(norm, 'epsilon', 1e-5);
  const [sigma2, g, m, shift] = [variance, gamma, mean, beta].map(floatsOf);
  if (!sigma2 || !g || !m || !shift) return undefined;
  const scale = g.map((value, channel) => value / Math.sqrt((sigma2[channel] ?? 0) + epsilon));
  const before = oldBias === undefined ? undefined : floatsOf(oldBias);
  const newBias = scale.map(
    (s, channel) => s * ((before?.[channel] ?? 0) - (m[channel] ?? 0)) + (shift[channel] ?? 0),
  );
  const scaled = b.constant(scaleOutputs(weight, scale), `${w}/folded`);
  const shifted = b.constant(tensor('float32', newBias, [newBias.length]), `${norm.name}/bias`);
  // Under the batch norm's own output name, so that the layer is still found.
  b.addNode({ ...convolution, name: norm.name, inputs: [x, scaled, shifted], outputs: norm.outputs });
  return norm.outputs;
}

function scaleOutputs(weight: Tensor, scale: Float32Array): Tensor {
  const data = floatsOf(weight).slice();
  const block = data.length / scale.length;
  for (let index = 0; index < data.length; index++) {
    data[index] = (data[index] ?? 0) * (scale[Math.floor(index / block)] ?? 0);
  }
  return tensor('float32', data, weight.dims);
}
