import { defineAttribution } from './define.ts';
import { explainNoisyCopies, noisyParams } from './shared/noisyCopies.ts';

const text = {
  id: 'smoothGrad',
  title: 'SmoothGrad',
  description:
    'The mean of a method’s attributions of noisy copies of the image: what flickers with the noise goes.',
  citation: 'Smilkov et al. 2017, sec. 2.2',
  reading: 'Red and blue mean what they mean for the method that is averaged.',
};

/** 1/n Σ_k A(x + ε_k). */
export const smoothGrad = defineAttribution({
  ...text,
  params: noisyParams,
  run: (run, params) =>
    explainNoisyCopies(
      run,
      params,
      text,
      (moments) => moments.mean(),
      (signed) => signed,
    ),
});
