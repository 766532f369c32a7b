import { z } from 'zod';
import { activations } from '../../core/nn/layers/activation.ts';
import { chain, named, numbered } from '../../core/nn/layers/composition.ts';
import { dropout, flatten, linear } from '../../core/nn/layers/linear.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';
import { defineArchitecture } from './define.ts';
import { activationParam, dropoutParam, pictureParams, squareInput, widths } from './shared/params.ts';

/** Linear layers with an activation between them; of n channels and one pixel it is a function of n numbers. */
export const mlp = defineArchitecture({
  id: 'mlp',
  title: 'Multilayer perceptron',
  citation: 'Rumelhart, Hinton and Williams 1986, "Learning representations by back-propagating errors"',
  naming: 'own',
  params: z.object({
    ...pictureParams({ classes: 10, channels: 1, size: 28 }),
    hidden: widths([128], 'Hidden layers', 'units of each hidden layer, first to last; may be empty'),
    activation: activationParam('relu'),
    dropout: dropoutParam(0),
  }),
  input: squareInput,
  build: ({ classes, hidden, activation, dropout: probability }) => {
    const block = (units: number): Layer[] => [
      linear(units),
      activations[activation],
      ...(probability === 0 ? [] : [dropout(probability)]),
    ];
    return chain(flatten, named('layers', numbered(...hidden.flatMap(block), linear(classes))));
  },
});
