import type { GraphBuilder } from '../../graph/builder.ts';
import type { Node } from '../../graph/ir.ts';

/** What a graph is lowered for. */
export type Target = 'cpu' | 'webgpu';

/** Emits ordinary ONNX operators that compute `node` and names its outputs; undefined keeps the node as it is. */
export type Lower = (node: Node, b: GraphBuilder) => readonly string[] | undefined;

/**
 * How one operator runs on each device. Operators of the domain `loupe` must have both; ONNX's own
 * operators have an entry only where a device has something faster, or refuses or miscomputes a case.
 * Emitted nodes are lowered in turn, so a lowering may emit operators that are lowered themselves.
 */
export interface Lowering {
  readonly opType: string;
  readonly domain: string;
  readonly cpu?: Lower;
  readonly webgpu?: Lower;
}
