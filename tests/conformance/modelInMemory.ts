import type { Graph } from '../../core/graph/ir.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import { encodeOnnx } from '../../core/graph/onnx/encode.ts';
import type { Model } from '../../core/model/model.ts';
import type { InputCard } from '../../core/protocol/card.ts';

/** A model without a file: a graph whose one output is its logits, as it would come back from ONNX. */
export function modelInMemory(graph: Graph, input: InputCard, name = 'in memory'): Model {
  const read = decodeOnnx(encodeOnnx(graph));
  const [logits = ''] = read.outputs;
  return {
    path: name,
    name,
    sha256: '0'.repeat(64),
    graph: read,
    card: { name, input, labels: [], logits },
    cardOrigin: 'inferred',
    guesses: [],
  };
}
