import type { BackwardRule } from '../composite.ts';
import { noRelevance } from './shared/linear.ts';

const reasons: Readonly<Record<string, string>> = {
  Softmax: 'probabilities sum to one, so they compete instead of adding up',
  LogSoftmax: 'probabilities compete instead of adding up; explain the logit instead',
  LayerNormalization: 'it normalizes by statistics of the image',
  GroupNormalization: 'it normalizes by statistics of the image',
  InstanceNormalization: 'it normalizes by statistics of the image',
  MeanVarianceNormalization: 'it normalizes by statistics of the image',
  LpNormalization: 'it normalizes by statistics of the image',
};

/** For operators without a rule of relevance: their derivative would quietly break what LRP promises. */
export const lrpRefusal: BackwardRule = {
  id: 'lrpRefusal',
  title: 'LRP is not defined here',
  citation: 'Montavon et al. 2019, sec. 10.2 (the layers that have rules)',
  vjp: ({ node }) => {
    throw noRelevance(node, reasons[node.opType] ?? `there is no rule of relevance for ${node.opType}`);
  },
};
