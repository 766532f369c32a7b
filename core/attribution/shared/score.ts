import type { Fact } from '../../protocol/results.ts';
import type { Target } from '../../protocol/target.ts';

/** What a graph depends on whose class is an input: all of its target but the class. Part of a program's key. */
export function scoreKey(target: Target): string {
  return JSON.stringify('layer' in target ? target : { ...target, class: 'input' });
}

const label = 'S(image)';

/** The score of the image that an attribution explains. */
export const scoreFact = (value: number): Fact => ({ label, value });

/** The score among the facts of an attribution, if it is there. */
export function scoreAmong(facts: readonly Fact[] = []): number | undefined {
  const value = facts.find((fact) => fact.label === label)?.value;
  return typeof value === 'number' ? value : undefined;
}
