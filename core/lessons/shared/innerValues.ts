import { sizeOf } from '../../base/shape.ts';
import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';
import { specialise } from '../../passes/specialise.ts';
import { outputOf } from '../../runtime/program.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { withValues } from '../../training/trainable.ts';
import type { BuiltNetwork } from '../../nn/buildNetwork.ts';

export interface InnerQuestion {
  readonly runtime: Runtime;
  readonly network: BuiltNetwork;
  /** Of parameters and statistics; the network's own unless told. */
  readonly values?: ReadonlyMap<string, Tensor>;
  /** [n, …] flat. */
  readonly inputs: Float32Array;
  /** Values of the network's graph: `logits`, or what a layer was named. */
  readonly wanted: readonly string[];
}

/** Runs a network as it will be used and returns values inside of it, each [n, …] flat, in the order of `wanted`. */
export async function innerValues(question: InnerQuestion): Promise<Float32Array[]> {
  const { runtime, network, values = new Map<string, Tensor>(), inputs, wanted } = question;
  const { channels, height, width } = network.input;
  const shape = [inputs.length / sizeOf([channels, height, width]), channels, height, width];
  const [{ name } = { name: '' }] = network.graph.inputs;
  const graph = specialise({ ...withValues(network.graph, values), outputs: wanted }, { [name]: shape });
  const program = await runtime.compile(graph);
  const result = await program.run({ [name]: tensor('float32', inputs, shape) });
  return wanted.map((value) => floatsOf(outputOf(result, value)));
}
