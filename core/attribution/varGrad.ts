import { LoupeError } from '../base/errors.ts';
import { defineAttribution } from './define.ts';
import { explainNoisyCopies, noisyParams } from './shared/noisyCopies.ts';

const text = {
  id: 'varGrad',
  title: 'VarGrad',
  description:
    'The variance of a method’s attributions of noisy copies of the image: where it depends on the noise.',
  citation: 'Adebayo et al. 2018',
  reading: 'The stronger, the more the attribution varies with the noise.',
};

/** 1/(n − 1) Σ_k (A(x + ε_k) − mean)². */
export const varGrad = defineAttribution({
  ...text,
  params: noisyParams,
  run(run, params) {
    if (params.samples < 2)
      throw new LoupeError('badArgument', 'Expected at least 2 samples for VarGrad but received 1.');
    return explainNoisyCopies(
      run,
      params,
      text,
      (moments) => moments.variance(),
      () => false,
    );
  },
});
