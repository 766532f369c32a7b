import type { TableResult } from '../../protocol/results.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Fit } from './fit.ts';
import { innerValues } from './innerValues.ts';

export interface Score {
  /** Mean cross-entropy. */
  readonly loss: number;
  readonly accuracy: number;
}

/** How a trained classifier does on examples, as it will be used. */
export async function scoreOf(
  runtime: Runtime,
  { network, values }: Fit,
  { inputs, labels }: { readonly inputs: Float32Array; readonly labels: Int32Array },
): Promise<Score> {
  const [logits = new Float32Array()] = await innerValues({
    runtime,
    network,
    values,
    inputs,
    wanted: ['logits'],
  });
  const { classes } = network;
  let [loss, right] = [0, 0];
  labels.forEach((label, n) => {
    const row = logits.subarray(n * classes, (n + 1) * classes);
    const greatest = Math.max(...row);
    const sum = row.reduce((total, logit) => total + Math.exp(logit - greatest), 0);
    loss += greatest + Math.log(sum) - (row[label] ?? Number.NaN);
    if (row[label] === greatest) right++;
  });
  return { loss: loss / labels.length, accuracy: right / labels.length };
}

/** Losses and accuracies on training and held-out examples, a row a training. */
export function scoreTable(
  scores: readonly { readonly label: string; readonly onTraining: Score; readonly onHeldOut: Score }[],
): TableResult {
  const titles = ['training loss', 'held-out loss', 'training accuracy', 'held-out accuracy'];
  return {
    type: 'table',
    name: 'scores',
    title: 'After training, with the whole network',
    columns: [{ title: 'training' }, ...titles.map((title) => ({ title, right: true }))],
    rows: scores.map(({ label, onTraining, onHeldOut }) => [
      label,
      onTraining.loss,
      onHeldOut.loss,
      onTraining.accuracy,
      onHeldOut.accuracy,
    ]),
  };
}
