import { LoupeError } from './errors.ts';

/** Throws if somebody cancelled; called between steps. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new LoupeError('cancelled', 'Cancelled.');
}
