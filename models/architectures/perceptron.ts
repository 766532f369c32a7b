import { z } from 'zod';
import { chain, named } from '../../core/nn/layers/composition.ts';
import { flatten, linear } from '../../core/nn/layers/linear.ts';
import { defineArchitecture } from './define.ts';
import { pictureParams, squareInput } from './shared/params.ts';

/** One linear layer on the pixels. A vector of n numbers is a picture of n channels and one pixel. */
export const perceptron = defineArchitecture({
  id: 'perceptron',
  title: 'Perceptron',
  citation: 'Rosenblatt 1958, "The perceptron"',
  naming: 'own',
  params: z.object(pictureParams({ classes: 10, channels: 1, size: 28 })),
  input: squareInput,
  build: ({ classes }) => chain(flatten, named('linear', linear(classes))),
});
