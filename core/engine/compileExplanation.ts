import { type MethodRequest, attributionOf, emitExplanations } from '../attribution/emit.ts';
import type { Graph } from '../graph/ir.ts';
import { type Model, networkOf } from '../model/model.ts';
import { lowerFor, simplify } from '../passes/pipeline.ts';
import { loupeVersion } from './versions.ts';
import type { ChosenTarget } from './target.ts';

export interface CompileRequest {
  readonly model: Model;
  readonly methods: readonly MethodRequest[];
  readonly target: ChosenTarget;
  readonly batch: number;
}

/**
 * The explanation as a model: one ONNX graph from `image` ([N, C, H, W], pixels in [0, 1]) to
 * `scores`, `probabilities`, and for each method `<id>` (raw) and `<id>.map` ([N, 1, H, W]). Only standard operators.
 */
export function compileExplanation({ model, methods, target, batch }: CompileRequest): Graph {
  const network = networkOf(model, batch);
  const plan = emitExplanations(network, methods, target);
  const graph = lowerFor(simplify(plan.graph), 'cpu');
  const entries = plan.methods.map(({ id, params, layers, attribution }) => ({
    id,
    params,
    output: attribution,
    layers: layers.map(({ name }) => name),
    citation: attributionOf(id).citation,
  }));
  const metadata = {
    'loupe.version': loupeVersion,
    'loupe.methods': JSON.stringify(entries),
    'loupe.target': String(target),
    'loupe.source.sha256': model.sha256,
    'loupe.source.name': model.name,
    'loupe.input': 'image: pixels in [0, 1], RGB or grey, [N, C, H, W]; preprocessing is part of the graph',
  };
  return { ...graph, name: `${model.name} explained`, metadata };
}
