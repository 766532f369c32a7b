// @ts-nocheck
import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from '../../../core/graph/onnx/gen/onnx_pb.js';
import { dataTypeOf } from '../../../core/graph/onnx/storage.ts';
export function encode(graph) {
  const t = (name, x) => ({ name, dataType: dataTypeOf[x.type], dims: x.dims.map(BigInt), rawData: new Uint8Array(x.data.buffer.slice(x.data.byteOffset, x.data.byteOffset + x.data.byteLength)) });
  const vi = (name, ty) => ({ name, type: { value: { case: 'tensorType', value: { elemType: dataTypeOf[ty.type], shape: { dim: ty.shape.map((d) => ({ value: { case: 'dimValue', value: BigInt(d) } })) } } } } });
  const attr = ([name, a]) => {
    const k = { int: [2, 'i', BigInt], float: [1, 'f', Number], string: [3, 's', (s) => new TextEncoder().encode(s)], ints: [7, 'ints', (v) => v.map(BigInt)], floats: [6, 'floats', (v) => [...v]], tensor: [4, 't', (v) => t('', v)] }[a.kind];
    return { name, type: k[0], [k[1]]: k[2](a.value) };
  };
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, {
    irVersion: 10n, opsetImport: [{ domain: '', version: 21n }],
    graph: { name: 'g', node: graph.nodes.map((n) => ({ name: n.name, opType: n.opType, domain: n.domain, input: [...n.inputs], output: [...n.outputs], attribute: Object.entries(n.attributes).map(attr) })),
      initializer: [...graph.constants].map(([n, x]) => t(n, x)),
      input: graph.inputs.map((i) => vi(i.name, graph.types.get(i.name))), output: graph.outputs.map((o) => vi(o, graph.types.get(o))) },
  }));
}
