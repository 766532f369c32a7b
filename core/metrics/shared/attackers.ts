import type { AttackDefinition, Norm } from '../../attacks/define.ts';
import { attackOf } from '../../attacks/registry.ts';
import { expected } from '../../base/errors.ts';
import { requestOf } from '../../method/define.ts';
import type { MethodRequest } from '../../protocol/method.ts';

/** An attack of an evaluation. */
export interface Attacker {
  readonly id: string;
  readonly title: string;
  /** Whether it stays inside a ball; others look for the smallest perturbation, once and for all ε. */
  readonly bounded: boolean;
  /** The attack inside the ball of radius `epsilon`. */
  readonly request: (epsilon: number) => MethodRequest;
}

export interface Budgets {
  readonly norm: Norm;
  readonly steps: number;
  readonly restarts: number;
}

/** The attacks of these ids, each once; steps and starts go to those inside a ball that have them. */
export function attackersOf(ids: readonly string[], budgets: Budgets): Attacker[] {
  return [...new Set(ids)].map((id) => {
    const definition = attackOf(id);
    const { title } = definition;
    const bounded = requestAt(definition, budgets, 0.1);
    const budget = definition.budget(bounded.params);
    if (budget === undefined) {
      const request = requestOf(definition);
      return { id, title, bounded: false, request: () => request };
    }
    if (budget.norm !== budgets.norm) {
      throw expected('badArgument', {
        wanted: `attacks in the norm ${budgets.norm}`,
        for: 'the evaluation',
        received: `${title}, which knows ${budget.norm} only`,
        advice: 'Leave it out, or choose the other norm.',
      });
    }
    return { id, title, bounded: true, request: (epsilon) => requestAt(definition, budgets, epsilon) };
  });
}

function requestAt(definition: AttackDefinition, budgets: Budgets, epsilon: number): MethodRequest {
  const given = Object.entries({ ...budgets, epsilon });
  const known = given.filter(([name]) => name in definition.params.shape);
  return requestOf(definition, Object.fromEntries(known));
}
