import { attributionOf, emitExplanations } from '../attribution/emit.ts';
import { LoupeError } from '../base/errors.ts';
import { type Model, networkOf } from '../model/model.ts';
import type { MethodRequest } from '../protocol/method.ts';
import type { Target } from '../protocol/target.ts';

export interface Applicable {
  readonly methods: readonly MethodRequest[];
  /** Methods that are not defined on this network, with a sentence each. */
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Tries each attribution method, for those who ask for all of them: CAM is not defined without global average pooling, guided
 * backpropagation not without ReLU. Whatever else is wrong is thrown, and so is the reason if no method is left. A loop is
 * tried when it runs.
 */
export function applicableMethods(
  model: Model,
  requests: readonly MethodRequest[],
  target: Target,
): Applicable {
  const networkAt = (batch: number) => networkOf(model, batch);
  const network = networkAt(1);
  const refusal = (tried: readonly MethodRequest[]): LoupeError | undefined => {
    const graphs = tried.filter(({ id }) => attributionOf(id).run === undefined);
    try {
      emitExplanations(network, graphs, target, { networkAt });
      return undefined;
    } catch (error) {
      if (error instanceof LoupeError && error.code === 'unsupportedOperator') return error;
      throw error;
    }
  };
  if (refusal(requests) === undefined) return { methods: requests, leftOut: [] };
  const methods: MethodRequest[] = [];
  const leftOut: { id: string; reason: string }[] = [];
  for (const request of requests) {
    const error = refusal([request]);
    if (error === undefined) methods.push(request);
    else if (leftOut.length + 1 === requests.length) throw error;
    else leftOut.push({ id: request.id, reason: error.message });
  }
  return { methods, leftOut };
}
