import type { ResultViewOf, SubjectView } from '../../core/protocol/resultView.ts';
import { detailsOf, heatmapsOf } from './runs.ts';
import { useServer } from './server.ts';
import { type Loaded, useLoaded } from './useLoaded.ts';

/** A map that was computed earlier. */
export interface Explanation {
  readonly run: string;
  readonly heatmap: ResultViewOf<'heatmap'>;
  readonly subject: SubjectView;
}

/** Runs that are looked through, the newest first. */
const mostRuns = 30;

export const explanationKey = (method: string, image: string): string => `${method} ${image}`;

/** The newest map of each method and image for a model, by `explanationKey`. */
export function useExplanations(model: string | undefined): Loaded<ReadonlyMap<string, Explanation>> {
  const runs = useServer((server) => server.runs);
  const own = runs
    .filter((run) => run.command === 'explain' && run.model.id === model)
    .slice(0, mostRuns)
    .map(({ id }) => id);
  return useLoaded(model === undefined ? undefined : `${model} ${own.join(' ')}`, () => collect(own), true);
}

async function collect(runs: readonly string[]): Promise<ReadonlyMap<string, Explanation>> {
  const found = new Map<string, Explanation>();
  const all = await Promise.all(runs.map(async (run) => ({ run, details: await detailsOf(run) })));
  for (const { run, details } of all) {
    for (const subject of details.subjects) {
      for (const heatmap of heatmapsOf(subject)) {
        const key = explanationKey(heatmap.method, subject.image ?? '');
        if (!found.has(key)) found.set(key, { run, heatmap, subject });
      }
    }
  }
  return found;
}
