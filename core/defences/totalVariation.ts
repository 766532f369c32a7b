import { z } from 'zod';
import { count, numberIn } from '../method/params.ts';
import { onOperators } from '../autodiff/composite.ts';
import { straightThrough } from '../autodiff/rules/straightThrough.ts';
import { defineDefence } from './define.ts';
import { backwardOfSmooth, withBackward } from './shared/backwardPass.ts';
import { denoised } from './shared/rudinOsherFatemi.ts';

/** y ≈ argmin_u ½‖u − x‖² + weight · TV(u). */
export const totalVariation = defineDefence({
  id: 'totalVariation',
  title: 'Total variation',
  description:
    'Minimizes half the squared distance to the picture plus weight times the total variation: areas become flat and edges stay. Guo et al. also drop pixels at random; this stage keeps all.',
  citation: 'Rudin, Osher and Fatemi 1992; Guo et al. 2018, sec. 4; Beck and Teboulle 2009, sec. IV (FGP)',
  params: z.object({
    weight: numberIn([0.001, 10], 0.03, {
      title: 'Weight',
      description: 'of the total variation, for pixels in [0, 1]; more is smoother',
    }),
    steps: count(20, 'Steps', 'steps of the minimization, all in the graph', 100),
    backward: backwardOfSmooth(),
  }),
  emit(b, image, { weight, steps, backward }) {
    const smooth = denoised(b, image, weight, steps);
    // Only rounding takes it out of [0, 1]; a clipped derivative would be zero at all pixels that are exactly black or white.
    const { rules = [], ...stage } = withBackward(
      b,
      image,
      b.add('Clip', [smooth, b.scalar(0), b.scalar(1)]),
      backward,
    );
    return { ...stage, rules: [...rules, { matches: onOperators('Clip'), rule: straightThrough }] };
  },
});
