import { byId, methodOf } from '../method/define.ts';
import type { EvaluationDefinition } from './define.ts';
import * as definitions from './index.ts';

/** Every evaluation, by id. */
export const evaluations: ReadonlyMap<string, EvaluationDefinition> = byId(definitions);

export function evaluationOf(id: string): EvaluationDefinition {
  return methodOf(evaluations, id, 'evaluation');
}
