import { type MethodRequest, emitExplanations } from '../attribution/emit.ts';
import { LoupeError } from '../base/errors.ts';
import { type Model, networkOf } from '../model/model.ts';
import type { Network } from '../model/network.ts';

export interface Applicable {
  readonly methods: readonly MethodRequest[];
  /** Methods that are not defined on this network, with a sentence each. */
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Tries each method, for those who ask for all of them: CAM is not defined without global average pooling, guided
 * backpropagation not without ReLU. Whatever else is wrong is thrown, and so is the reason if no method is left.
 */
export function applicableMethods(model: Model, requests: readonly MethodRequest[]): Applicable {
  const network = networkOf(model);
  if (refusal(network, requests) === undefined) return { methods: requests, leftOut: [] };
  const methods: MethodRequest[] = [];
  const leftOut: { id: string; reason: string }[] = [];
  for (const request of requests) {
    const error = refusal(network, [request]);
    if (error === undefined) methods.push(request);
    else if (leftOut.length + 1 === requests.length) throw error;
    else leftOut.push({ id: request.id, reason: error.message });
  }
  return { methods, leftOut };
}

function refusal(network: Network, requests: readonly MethodRequest[]): LoupeError | undefined {
  try {
    emitExplanations(network, requests, 'top');
    return undefined;
  } catch (error) {
    if (error instanceof LoupeError && error.code === 'unsupportedOperator') return error;
    throw error;
  }
}
