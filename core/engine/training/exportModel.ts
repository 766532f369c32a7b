import path from 'node:path';
import { encodeSafetensors } from '../../base/safetensors.ts';
import type { Tensor } from '../../base/tensor.ts';
import { encodeOnnx } from '../../graph/onnx/encode.ts';
import { type BuiltNetwork, outputTypes } from '../../nn/buildNetwork.ts';
import type { CardFile } from '../../protocol/card.ts';
import { unpack } from '../../training/layout.ts';
import type { Problem } from '../../training/problem.ts';
import { type TrainingState, usedTheta } from '../../training/state.ts';
import { withValues } from '../../training/trainable.ts';
import { writeFileAtomically } from '../atomic.ts';

/** The values that a trained network is used with, by name. */
export function trainedValues({ trainable }: Problem, state: TrainingState): Map<string, Tensor> {
  const { parameters, buffers } = trainable;
  return new Map([...unpack(parameters, usedTheta(state)), ...unpack(buffers, state.buffers)]);
}

/** Writes the network as an ONNX file with its card beside it, and its weights alone. Returns the paths. */
export async function exportModel(
  folder: string,
  built: BuiltNetwork,
  card: CardFile,
  values: ReadonlyMap<string, Tensor>,
): Promise<string[]> {
  const onnx = encodeOnnx(withValues(built.graph, values), { outputs: outputTypes(built) });
  const files: [string, Uint8Array | string][] = [
    ['model.onnx', onnx],
    ['model.card.json', `${JSON.stringify(card, undefined, 2)}\n`],
    ['model.safetensors', encodeSafetensors(values)],
  ];
  const paths: string[] = [];
  for (const [name, content] of files) {
    const file = path.join(folder, name);
    await writeFileAtomically(file, content);
    paths.push(file);
  }
  return paths;
}
