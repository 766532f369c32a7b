import { byId, methodOf } from '../method/define.ts';
import type { AttackDefinition } from './define.ts';
import * as definitions from './index.ts';

/** Every attack, by id. */
export const attacks: ReadonlyMap<string, AttackDefinition> = byId(definitions);

export function attackOf(id: string): AttackDefinition {
  return methodOf(attacks, id, 'attack');
}
