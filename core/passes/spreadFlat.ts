import { readInt, readString } from '../graph/attributes.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { type Graph, type Node, int, ints } from '../graph/ir.ts';
import { zerosOf } from '../ops/shared/movement.ts';
import { padsChannelsAtEnd } from './padsChannels.ts';
import { rewriteGraph } from './rewrite.ts';

/**
 * DepthToSpace of phases, on the CPU: ONNX Runtime moves single floats on one thread there. Copying whole rows
 * does half of the work: for each column phase g, the rows of its row phases f lie beside one another, which is
 * their order in space. What is left is to interleave s flat arrays, one transposition of [s, M], for which ONNX
 * Runtime has vector code (2.3 times faster for 64x112x112):
 *   p[f][g] [N, C, h, w] → rows[g] [N, C, h, (f, w)] = [1, M] → [s, M] → [M, s] = [N, C, h·s, w·s].
 */
export function spreadFlat(graph: Graph): Graph {
  return rewriteGraph(graph, (node, b) => {
    const phases = phasesOf(node, b);
    if (phases === undefined) return undefined;
    const stride = readInt(node, 'blocksize');
    const [batch = 1, channels = 1, height = 1, width = 1] = b.shapeOf(phases[0] ?? '');
    const flat = b.axes([1, batch * channels * height * stride * width]);
    const columns = Array.from({ length: stride }, (_, g) => {
      const rows = Array.from({ length: stride }, (__, f) => phases[f * stride + g] ?? '');
      return b.add('Reshape', [b.add('Concat', rows, { axis: int(3) }), flat]);
    });
    const turned = b.add('Transpose', [b.add('Concat', columns, { axis: int(0) })], { perm: ints([1, 0]) });
    const shape = b.axes([batch, channels, height * stride, width * stride]);
    return [b.add('Reshape', [turned, shape], {}, { name: node.name })];
  });
}

/** The phases that a DepthToSpace spreads, if each is a value of its own, or the first is and the others are zero. */
function phasesOf(node: Node, b: GraphBuilder): readonly string[] | undefined {
  if (node.domain !== '' || node.opType !== 'DepthToSpace') return undefined;
  if (readString(node, 'mode', 'DCR') !== 'DCR') return undefined;
  const count = readInt(node, 'blocksize') ** 2;
  const source = b.producerOf(node.inputs[0] ?? '');
  const [first = ''] = source?.inputs ?? [];
  if (source?.opType === 'Pad' && padsChannelsAtEnd(b, source)) {
    const shape = b.shapeOf(first);
    if ((shape[1] ?? 0) * count !== b.shapeOf(source.outputs[0] ?? '')[1]) return undefined;
    const zeros = zerosOf(b, shape);
    return Array.from({ length: count }, (_, phase) => (phase === 0 ? first : zeros));
  }
  if (source?.opType !== 'Concat' || readInt(source, 'axis') !== 1 || source.inputs.length !== count)
    return undefined;
  const shapes = new Set(source.inputs.map((input) => b.shapeOf(input).join()));
  return shapes.size === 1 ? source.inputs : undefined;
}
