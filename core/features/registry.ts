import { byId, methodOf } from '../method/define.ts';
import type { FeatureDefinition } from './define.ts';
import * as definitions from './index.ts';

/** Every feature method, by id. */
export const features: ReadonlyMap<string, FeatureDefinition> = byId(definitions);

export function featureOf(id: string): FeatureDefinition {
  return methodOf(features, id, 'feature method');
}
