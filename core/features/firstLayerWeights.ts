import { z } from 'zod';
import { sizeOf } from '../base/shape.ts';
import { tensor } from '../base/tensor.ts';
import { breathe } from '../method/context.ts';
import type { Progress, Result } from '../protocol/results.ts';
import { defineFeature } from './define.ts';
import { type FirstFilters, firstFilters } from './shared/firstFilters.ts';

export const firstLayerWeights = defineFeature({
  id: 'firstLayerWeights',
  title: 'First-layer weights',
  description:
    'The filters of the first convolution as pictures, in the colours of pixels: what the card does to a picture before the network sees it is undone.',
  citation: 'Krizhevsky, Sutskever and Hinton 2012, fig. 3',
  command: 'features',
  takes: 'nothing',
  params: z.object({}),
  async *run({ context, layer }): AsyncGenerator<Progress, readonly Result[]> {
    yield { done: 0, total: 1, what: 'the first convolution' };
    await breathe(context);
    const filters = await firstFilters(context);
    return [gridOf(filters, layer(filters.value).name)];
  },
});

/** Share of the weights that the colours reach to: a single strong one should not make all others grey. */
const shownShare = 0.995;

function gridOf({ shape, values }: FirstFilters, name: string): Result {
  const [filters, ...each] = shape;
  const limit = percentile(values);
  const [greatest, beyond] = [
    Math.max(...values.map(Math.abs)),
    values.filter((value) => Math.abs(value) > limit).length,
  ];
  const size = sizeOf(each);
  const cells = Array.from({ length: filters }, (_, filter) => {
    const weights = values.slice(filter * size, (filter + 1) * size);
    const levels = weights.map((weight) =>
      limit === 0 ? 0.5 : Math.min(1, Math.max(0, 0.5 + weight / (2 * limit))),
    );
    return { image: tensor('float32', levels, each), caption: [`filter ${filter}`] };
  });
  return {
    type: 'imageGrid',
    name: 'filters',
    title: `Filters of ${name}, grey is 0, black and white are ∓${limit.toPrecision(3)} in all of them`,
    cells,
    facts: [
      { label: 'filters', value: filters },
      { label: 'greatest weight', value: greatest },
    ],
    notes: [
      'A weight is what a pixel in [0, 1] adds to the response of the filter.',
      ...(beyond === 0 ? [] : [`${beyond} of ${values.length} weights lie beyond the scale.`]),
    ],
  };
}

function percentile(values: Float32Array): number {
  const sorted = values.map(Math.abs).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(shownShare * sorted.length) - 1)] ?? 0;
}
