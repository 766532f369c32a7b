import { withDefences } from '../defences/stage.ts';
import { MethodContext } from '../method/context.ts';
import type { MethodKind } from '../protocol/method.ts';
import { catalogued } from './catalogue.ts';
import type { Finding, RunRequest } from './request.ts';
import { attackRunner } from './runners/attack.ts';
import { evaluationRunner } from './runners/evaluation.ts';
import { explainRunner } from './runners/explain.ts';
import { featureRunner } from './runners/feature.ts';
import { LoupeError } from '../base/errors.ts';

type Runner = (request: RunRequest, context: MethodContext) => AsyncGenerator<Finding>;

const runners: Readonly<Record<Exclude<MethodKind, 'defence'>, Runner>> = {
  attribution: explainRunner,
  feature: featureRunner,
  attack: attackRunner,
  evaluation: evaluationRunner,
};

/** Runs the methods of a request and hands out what they find, a subject at a time. */
export async function* runMethods(request: RunRequest): AsyncGenerator<Finding> {
  const kinds = new Set(request.methods.map(({ id }) => catalogued(id).kind));
  const [kind] = kinds;
  if (kind === undefined || kind === 'defence' || kinds.size > 1) {
    throw new LoupeError(
      'badArgument',
      `The methods of one run must be of one kind, not ${[...kinds].join(', ') || 'none'}.`,
    );
  }
  const { model, runtime, seed, memoryBytes, signal, defences } = request;
  const context = new MethodContext({
    model,
    runtime,
    seed,
    memoryBytes,
    ...(signal === undefined ? {} : { signal }),
    ...(defences.length === 0 ? {} : { stage: (network) => withDefences(network, defences) }),
  });
  yield* runners[kind](request, context);
}
