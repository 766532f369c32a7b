import type { RunDetails } from '../../core/protocol/jobs.ts';
import type { ResultViewOf, SubjectView } from '../../core/protocol/resultView.ts';
import { api } from '../client.ts';
import { planeOf } from '../viewer/arrays.ts';
import { defaultDisplay } from '../viewer/displayDefaults.ts';
import { addOverlays, chooseImage, chooseModel, chooseRun, overlayKey, useBench } from './bench.ts';
import { Cache } from './cache.ts';
import { arrayOf } from './content.ts';
import { attempt, useServer } from './server.ts';

/** Runs never change. */
const details = new Cache<RunDetails>(64);

export const detailsOf = (run: string): Promise<RunDetails> => details.get(run, () => api.runs.get({ run }));

type Heatmap = ResultViewOf<'heatmap'>;

export const heatmapsOf = ({ results }: SubjectView): Heatmap[] =>
  results.filter((result): result is Heatmap => result.type === 'heatmap');

/** Looks at a run: chooses its model and (unless the current one is among them) its first image, and lays its maps on the images. */
export async function showRun(run: string): Promise<void> {
  const { info, subjects } = await detailsOf(run);
  chooseRun(run);
  chooseModel(info.model.id);
  const images = subjects.flatMap(({ image }) => (image === undefined ? [] : [image]));
  const { image: current } = useBench.getState();
  if (images.length > 0 && (current === undefined || !images.includes(current))) chooseImage(images[0]);
  await Promise.all(subjects.map((subject) => layOver(info.model.id, run, subject)));
}

async function layOver(model: string, run: string, subject: SubjectView): Promise<void> {
  const { image } = subject;
  if (image === undefined) return;
  const added = await Promise.all(
    heatmapsOf(subject).map(async ({ method, name, map, signed }) => ({
      ref: { run, method, name, key: map.sha256 },
      display: defaultDisplay(planeOf(await arrayOf(map), map.name), signed),
    })),
  );
  if (added.length > 0) addOverlays(model, image, added);
}

/**
 * From now on lays the newest explanation of this workspace on every image that is looked at and has no overlays yet;
 * returns what stops it.
 */
export function recallOverlays(): () => void {
  const tried = new Set<string>();
  const recall = (): void => {
    const { model, image, overlays } = useBench.getState();
    if (model === undefined || image === undefined) return;
    const key = overlayKey(model, image);
    if (overlays[key] !== undefined || tried.has(key)) return;
    const run = useServer
      .getState()
      .runs.find(
        ({ command, model: { id }, images }) =>
          command === 'explain' && id === model && images.some((one) => one.id === image),
      );
    if (run === undefined) return;
    tried.add(key);
    attempt(async () => {
      const { subjects } = await detailsOf(run.id);
      const subject = subjects.find((one) => one.image === image);
      if (subject !== undefined) await layOver(model, run.id, subject);
    });
  };
  recall();
  return useBench.subscribe(recall);
}
