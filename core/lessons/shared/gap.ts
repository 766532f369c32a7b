import type { CurveResult } from '../../protocol/results.ts';
import type { Compared } from './compared.ts';
import { countTo } from './series.ts';

/** Loss on held-out and on training examples over the epochs, for each of the networks or trainings that are compared. */
export function gapCurves(
  text: Pick<CurveResult, 'name' | 'title' | 'notes'>,
  compared: readonly Pick<Compared, 'label' | 'fit'>[],
): CurveResult {
  const epochs = Math.max(...compared.map(({ fit }) => fit.epochs.length));
  return {
    ...text,
    type: 'curve',
    x: { label: 'epoch', values: countTo(epochs) },
    y: { label: 'loss' },
    series: compared.flatMap(({ label, fit }) => [
      { label: `held out, ${label}`, y: fit.epochs.map(({ validation }) => validation?.loss ?? Number.NaN) },
      { label: `training, ${label}`, y: fit.epochs.map(({ training }) => training.loss) },
    ]),
  };
}
