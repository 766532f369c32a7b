import { dirname } from 'node:path';
import type { Graph } from '../ir.ts';
import { withFile } from './files.ts';
import { graphOf } from './modelGraph.ts';
import { headBytes, inModel, parseModel, refuseOtherFormats } from './parse.ts';
import { readSkeleton } from './skeleton.ts';
import { WireFile } from './wire.ts';

/**
 * Reads an ONNX model of opset 7 or newer and normalises it to `canonicalOpset`. Weights over 4 KiB stay in the
 * file until somebody takes their `data`; the file must not change meanwhile.
 *
 * @throws LoupeError with a sentence that names the file, whatever is wrong with it.
 */
export function openOnnx(path: string): Graph {
  return withFile(path, 'ONNX model', (handle, stamp) =>
    inModel(path, () => {
      const file = new WireFile(handle, stamp.size, path);
      const head = file.bytes(0, headBytes);
      refuseOtherFormats(head);
      const model = parseModel(readSkeleton(file), head);
      return graphOf(model, { directory: dirname(path), file: { path, stamp } });
    }),
  );
}
