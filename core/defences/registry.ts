import { byId, methodOf } from '../method/define.ts';
import type { DefenceDefinition } from './define.ts';
import * as definitions from './index.ts';

/** Every defence, by id. */
export const defences: ReadonlyMap<string, DefenceDefinition> = byId(definitions);

export function defenceOf(id: string): DefenceDefinition {
  return methodOf(defences, id, 'defence');
}
