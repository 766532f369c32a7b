import { z } from 'zod';
import { onOperators } from '../../autodiff/composite.ts';
import { blocked } from '../../autodiff/rules/blocked.ts';
import { straightThrough } from '../../autodiff/rules/straightThrough.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { EmittedDefence } from '../define.ts';

/** What a gradient through a stage is. */
export type BackwardMode = 'straightThrough' | 'exact' | 'identity';

const meanings: Readonly<Record<BackwardMode, string>> = {
  straightThrough: 'straightThrough: rounding and clipping have the derivative 1',
  exact: 'exact: the true derivative',
  identity: 'identity: the whole stage has the derivative 1 (BPDA, Athalye et al. 2018)',
};

/** The parameter `backward` of a stage that rounds: the truth would hide the gradient, so it is not the default. */
export const backwardOfRounding = () =>
  modes(['straightThrough', 'identity', 'exact'], {
    exact: 'exact: the true derivative, zero through rounding (this masks gradients, on purpose)',
  });

/** The parameter `backward` of a stage that is differentiable almost everywhere. */
export const backwardOfSmooth = () => modes(['exact', 'identity'], {});

function modes<Mode extends BackwardMode>(
  offered: readonly [Mode, ...Mode[]],
  special: Partial<Record<BackwardMode, string>>,
) {
  const [first] = offered;
  return z
    .enum(offered)
    .default(() => first)
    .meta({
      title: 'Backward pass',
      description: `how gradients pass: ${offered.map((mode) => special[mode] ?? meanings[mode]).join('; ')}`,
    });
}

/** A stage that computed `result` from `image`, with the rules of its backward pass. */
export function withBackward(
  b: GraphBuilder,
  image: string,
  result: string,
  mode: BackwardMode,
): EmittedDefence {
  switch (mode) {
    case 'exact':
      return { image: result };
    case 'straightThrough':
      return { image: result, rules: [{ matches: onOperators('Round', 'Clip'), rule: straightThrough }] };
    case 'identity':
      return bypassed(b, image, result);
  }
}

/**
 * y = ⟦T(x)⟧ + (x − ⟦x⟧), where ⟦·⟧ is a constant to the backward pass: forward the bracket is exactly 0 and y = T(x),
 * backward dy/dx = 1.
 */
function bypassed(b: GraphBuilder, image: string, result: string): EmittedDefence {
  const detached = (value: string): string => b.add('Identity', [value]);
  const zero = b.add('Sub', [image, detached(image)]);
  return {
    image: b.add('Add', [detached(result), zero]),
    rules: [{ matches: onOperators('Identity'), rule: blocked }],
  };
}
