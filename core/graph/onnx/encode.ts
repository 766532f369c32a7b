import { toBinary } from '@bufbuild/protobuf';
import type { Graph } from '../ir.ts';
import { ModelProtoSchema } from './gen/onnx_pb.js';
import { type EncodeOptions, modelProto } from './modelProto.ts';

export type { EncodeOptions, ExternalRange } from './modelProto.ts';

/** Writes a graph as an ONNX model of `canonicalOpset`. Values that the graph has typed are written with these shapes. */
export function encodeOnnx(graph: Graph, options: EncodeOptions = {}): Uint8Array {
  return toBinary(ModelProtoSchema, modelProto(graph, graph.constants, options));
}
