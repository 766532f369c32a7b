import type { Layer } from '../../model/layers.ts';
import type { CurveResult, Fact } from '../../protocol/results.ts';
import type { ComparedLayers } from './styleLayers.ts';
import type { StyleLosses } from './styleSearch.ts';

/** What is told of a search that has ended. */
export interface StyleAccount {
  /** Of the image that the search started from, and after each iteration. */
  readonly losses: readonly StyleLosses[];
  readonly layers: ComparedLayers;
  /** How often the loss and its gradient were computed. */
  readonly evaluations: number;
  /** Iterations that were asked for. */
  readonly iterations: number;
  readonly start: string;
  readonly keepColours: boolean;
}

export interface StyleReport {
  readonly facts: readonly Fact[];
  readonly notes: readonly string[];
  readonly curve: CurveResult;
}

export function reportOf(account: StyleAccount): StyleReport {
  return { facts: factsOf(account), notes: notesOn(account), curve: curveOf(account.losses) };
}

function factsOf({ losses, layers, evaluations, start }: StyleAccount): Fact[] {
  const [first, last] = [losses[0], losses.at(-1)];
  if (first === undefined || last === undefined) return [];
  const pair = (label: string, before: number, after: number): Fact[] => [
    { label: `${label} at the start`, value: before },
    { label, value: after },
  ];
  return [
    { label: 'content layers', value: namesOf(layers.content) },
    { label: 'style layers', value: namesOf(layers.style) },
    { label: 'iterations', value: losses.length - 1 },
    { label: 'evaluations', value: evaluations },
    ...pair('loss', first.total, last.total),
    ...pair('content loss', first.content, last.content),
    ...pair('style loss', first.style, last.style),
    ...pair('total variation', first.variation, last.variation),
    ...layers.style.flatMap(({ name }, index) =>
      pair(`style loss of ${name}`, first.layers[index] ?? NaN, last.layers[index] ?? NaN),
    ),
    { label: 'start', value: start },
  ];
}

const namesOf = (layers: readonly Layer[]): string => layers.map(({ name }) => name).join(', ');

function notesOn({ losses, iterations, keepColours }: StyleAccount): string[] {
  const notes = [
    'Losses are squared errors over the squared size of what is wanted: 0 where both agree, 1 for an image without features.',
  ];
  const done = losses.length - 1;
  if (done < iterations)
    notes.push(`The search ended after ${done} iterations: no step made the loss lower.`);
  if (keepColours)
    notes.push('The losses are those of the image before it got the colours of the content back.');
  return notes;
}

function curveOf(losses: readonly StyleLosses[]): CurveResult {
  const series = (label: string, of: (each: StyleLosses) => number) => ({ label, y: losses.map(of) });
  return {
    type: 'curve',
    name: 'loss',
    title: 'Losses of style transfer',
    x: { label: 'iteration', values: losses.map((_, index) => index) },
    y: { label: 'loss' },
    series: [
      series('total, weighted', ({ total }) => total),
      series('content', ({ content }) => content),
      series('style', ({ style }) => style),
      series('total variation', ({ variation }) => variation),
    ],
  };
}
