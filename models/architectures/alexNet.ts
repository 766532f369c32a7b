import { z } from 'zod';
import { relu } from '../../core/nn/layers/activation.ts';
import { chain, named, numbered } from '../../core/nn/layers/composition.ts';
import { conv } from '../../core/nn/layers/convolution.ts';
import { dropout, flatten, linear } from '../../core/nn/layers/linear.ts';
import { adaptiveAveragePool, maxPool } from '../../core/nn/layers/pooling.ts';
import { defineArchitecture } from './define.ts';
import { pooledParam, wideParam } from './shared/classifier.ts';
import { dropoutParam, imageNetParams, squareInput } from './shared/params.ts';

export const alexNet = defineArchitecture({
  id: 'alexNet',
  title: 'AlexNet',
  citation: 'Krizhevsky, Sutskever and Hinton 2012; its form for one GPU, Krizhevsky 2014, "One weird trick"',
  naming: 'torchvision',
  params: z.object({
    ...imageNetParams(),
    hidden: wideParam(),
    pooled: pooledParam(6),
    dropout: dropoutParam(0.5),
  }),
  input: squareInput,
  build: ({ classes, hidden, pooled, dropout: probability }) => {
    const features = numbered(
      conv(64, 11, { stride: 4, padding: 2 }),
      relu,
      maxPool(3, { stride: 2 }),
      conv(192, 5, { padding: 2 }),
      relu,
      maxPool(3, { stride: 2 }),
      conv(384, 3, { padding: 1 }),
      relu,
      conv(256, 3, { padding: 1 }),
      relu,
      conv(256, 3, { padding: 1 }),
      relu,
      maxPool(3, { stride: 2 }),
    );
    const classifier = numbered(
      dropout(probability),
      linear(hidden),
      relu,
      dropout(probability),
      linear(hidden),
      relu,
      linear(classes),
    );
    return chain(
      named('features', features),
      named('avgpool', adaptiveAveragePool(pooled)),
      flatten,
      named('classifier', classifier),
    );
  },
});
