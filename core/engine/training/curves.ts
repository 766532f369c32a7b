import type { TrainingEvent } from '../../protocol/training.ts';
import { type CurvePlot, drawCurves } from '../pictures/plot.ts';
import { csv } from '../save/csv.ts';
import type { ResultFile } from '../save/file.ts';

/** `curves.csv` with a row an epoch, and pictures of loss and accuracy. */
export async function curveFilesOf(events: readonly TrainingEvent[], title: string): Promise<ResultFile[]> {
  const epochs = events.flatMap((event) => (event.kind === 'epoch' ? [event] : []));
  if (epochs.length === 0) return [];
  const columns: readonly (readonly [string, (epoch: (typeof epochs)[number]) => number | undefined])[] = [
    ['training loss', ({ training }) => training.loss],
    ['validation loss', ({ validation }) => validation?.loss],
    ['training accuracy', ({ training }) => training.accuracy],
    ['validation accuracy', ({ validation }) => validation?.accuracy],
    ['robust accuracy', ({ robustAccuracy }) => robustAccuracy],
  ];
  const present = columns.filter(([, of]) => epochs.some((epoch) => of(epoch) !== undefined));
  const rows = epochs.map((epoch) => [epoch.epoch, ...present.map(([, of]) => of(epoch) ?? '')]);
  const files: ResultFile[] = [
    { file: 'curves.csv', content: csv([['epoch', ...present.map(([name]) => name)], ...rows]) },
  ];
  if (epochs.length < 2) return files;
  for (const kind of ['loss', 'accuracy'] as const) {
    const shown = present.filter(([name]) => name.endsWith(kind));
    if (shown.length === 0) continue;
    const plot: CurvePlot = {
      title: `${title}: ${kind}`,
      x: { label: 'epoch', values: epochs.map(({ epoch }) => epoch) },
      y: { label: kind, ...(kind === 'accuracy' ? { percent: true, range: accuracyRange(epochs) } : {}) },
      series: shown.map(([label, of]) => ({ label, y: epochs.map((epoch) => of(epoch) ?? Number.NaN) })),
    };
    files.push({ file: `${kind}.png`, content: await drawCurves(plot) });
  }
  return files;
}

/** From a round number below the lowest accuracy up to 1: at 99 % nothing could be seen on a scale from 0. */
function accuracyRange(
  epochs: readonly Extract<TrainingEvent, { kind: 'epoch' }>[],
): readonly [number, number] {
  const all = epochs.flatMap(({ training, validation, robustAccuracy }) =>
    [training.accuracy, validation?.accuracy, robustAccuracy].filter((value) => value !== undefined),
  );
  return [Math.max(0, Math.floor(10 * Math.min(1, ...all) - 0.01) / 10), 1];
}
