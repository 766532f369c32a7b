export { indexOfGreatest as topOf } from '../../base/logits.ts';

/** max_{i≠c} z_i − z_c: positive exactly where another class than c is ahead. */
export function marginOf(logits: Float32Array, index: number): number {
  let greatest = -Infinity;
  for (let other = 0; other < logits.length; other++) {
    const value = logits[other] ?? -Infinity;
    if (other !== index && value > greatest) greatest = value;
  }
  return greatest - (logits[index] ?? 0);
}

/**
 * By how much the attacker leads: the margin of the best wrong class over the right one, or of the target over all others.
 * Positive means fooled, whatever loss the attack follows, so it is what decides between two tries.
 */
export function leadOf(logits: Float32Array, index: number, targeted: boolean): number {
  const margin = marginOf(logits, index);
  return targeted ? -margin : margin;
}

/** Whether the attacker has what it wants: the class left, or the target reached. */
export function isFooled(top: number, index: number, targeted: boolean): boolean {
  return (top === index) === targeted;
}
