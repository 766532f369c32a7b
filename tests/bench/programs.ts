import { classLogit } from '../../core/model/objective.ts';
import type { Network } from '../../core/model/network.ts';
import { backward } from '../../core/autodiff/backward.ts';
import { emitExplanations } from '../../core/attribution/emit.ts';
import type { Graph } from '../../core/graph/ir.ts';
import { newBuilder } from '../../core/ops/registry.ts';

export const questions = ['forward', 'gradient', 'gradcam'] as const;

export type Question = (typeof questions)[number];

/** The graph that answers one question of the bench; the same work as the peer does. */
export function questionGraph(network: Network, what: Question): Graph {
  switch (what) {
    case 'forward':
      return { ...network.graph, outputs: [network.logits] };
    case 'gradient': {
      const b = newBuilder(network.graph);
      const [slope = ''] = backward(b, { of: classLogit(b, network, 0), wrt: [network.image] });
      return b.build([network.logits, slope], network.graph);
    }
    case 'gradcam': {
      const target = { kind: 'class', class: 0, of: 'logit' } as const;
      const { graph, methods, logits } = emitExplanations(network, [{ id: 'gradCam', params: {} }], target);
      return { ...graph, outputs: [logits, ...methods.map(({ attribution }) => attribution)] };
    }
  }
}
