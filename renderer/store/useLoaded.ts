import { useEffect, useState } from 'react';
import { sentenceOf } from '../client.ts';

export interface Loaded<Value> {
  readonly value: Value | undefined;
  /** A sentence. */
  readonly error: string | undefined;
  /** Whether something is on its way; an older value may still be shown. */
  readonly pending: boolean;
}

/**
 * What `load` resolves to. It is called again when `key` changes, and not at all while `key` is undefined; until the new value is there,
 * `value` is undefined, or the last one with `keep`.
 */
export function useLoaded<Value>(
  key: string | undefined,
  load: () => Promise<Value>,
  keep = false,
): Loaded<Value> {
  const [state, setState] = useState<{ key: string; value?: Value; error?: string }>();
  useEffect(() => {
    if (key === undefined) return undefined;
    let wanted = true;
    load().then(
      (value) => wanted && setState({ key, value }),
      (error: unknown) => wanted && setState({ key, error: sentenceOf(error) }),
    );
    return () => {
      wanted = false;
    };
    // `load` closes over what `key` names.
  }, [key]);
  const current = state !== undefined && state.key === key;
  const value = key !== undefined && (current || keep) ? state?.value : undefined;
  return {
    value,
    error: current ? state.error : undefined,
    pending: key !== undefined && !current,
  };
}
