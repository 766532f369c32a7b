import { create, toBinary } from '@bufbuild/protobuf';
import * as pb from '/work/main/core/graph/onnx/gen/onnx_pb.js';
const T: any = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 };
const tensor = (name: string, v: any) => ({ name, dataType: T[v.type], dims: v.dims.map((d: number) => BigInt(d)), rawData: new Uint8Array(v.data.buffer, v.data.byteOffset, v.data.byteLength).slice() });
const vi = (name: string, t: any) => ({ name, type: { value: { case: 'tensorType', value: { elemType: T[t.type], shape: { dim: t.shape.map((d: number) => ({ value: { case: 'dimValue', value: BigInt(d) } })) } } } } });
const at = (name: string, a: any) => {
  switch (a.kind) {
    case 'int': return { name, type: 2, i: BigInt(a.value) };
    case 'ints': return { name, type: 7, ints: a.value.map(BigInt) };
    case 'float': return { name, type: 1, f: a.value };
    case 'floats': return { name, type: 6, floats: a.value };
    case 'string': return { name, type: 3, s: new TextEncoder().encode(a.value) };
    case 'strings': return { name, type: 8, strings: a.value.map((x: string) => new TextEncoder().encode(x)) };
    case 'tensor': return { name, type: 4, t: tensor('', a.value) };
  }
  throw new Error(a.kind);
};
export function encodeOnnx(g: any): Uint8Array {
  const model = create(pb.ModelProtoSchema as any, { irVersion: 10n, opsetImport: [{ domain: '', version: 21n }, { domain: 'com.microsoft', version: 1n }], graph: {
    name: 'g', input: g.inputs.map((i: any) => vi(i.name, g.types.get(i.name))), output: g.outputs.map((n: string) => vi(n, g.types.get(n) ?? {type:'float32',shape:[]})),
    initializer: [...g.constants].map(([n, v]: any) => tensor(n, v)),
    node: g.nodes.map((n: any) => ({ name: n.name, opType: n.opType, domain: n.domain, input: n.inputs, output: n.outputs, attribute: Object.entries(n.attributes).map(([k, a]) => at(k, a)) })),
  } } as any);
  return toBinary(pb.ModelProtoSchema as any, model as any);
}
