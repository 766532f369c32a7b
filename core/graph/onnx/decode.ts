import type { Graph } from '../ir.ts';
import { graphOf } from './modelGraph.ts';
import { headBytes, inModel, parseModel } from './parse.ts';

export interface DecodeOptions {
  /** What to call the model in a sentence. */
  readonly name?: string;
  /** Folder in which external data is looked for. */
  readonly directory?: string;
}

/** Reads an ONNX model from memory; large weights are views of `bytes` where they are aligned. */
export function decodeOnnx(bytes: Uint8Array, { name, directory }: DecodeOptions = {}): Graph {
  return inModel(name ?? 'given as bytes', () => {
    const model = parseModel(bytes, bytes.subarray(0, headBytes));
    return graphOf(model, directory === undefined ? {} : { directory });
  });
}
