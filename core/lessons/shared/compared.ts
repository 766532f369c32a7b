import type { BuiltNetwork } from '../../nn/buildNetwork.ts';
import type { Progress } from '../../protocol/results.ts';
import type { Examples } from '../../training/examples.ts';
import type { LessonRun } from '../define.ts';
import { type Fit, fit } from './fit.ts';

/** A network among those that a lesson compares. */
export interface Variant {
  readonly label: string;
  readonly network: BuiltNetwork;
}

export interface ComparisonQuestion {
  readonly run: LessonRun;
  readonly variants: readonly Variant[];
  readonly training: Examples;
  readonly validation?: Examples;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly epochs: number;
}

export interface Compared extends Variant {
  readonly fit: Fit;
}

/** Trains classifiers alike by plain descent on the cross-entropy, one after the other on the same batches. */
export async function* compare(question: ComparisonQuestion): AsyncGenerator<Progress, Compared[]> {
  const { variants, ...rest } = question;
  const compared: Compared[] = [];
  for (const [index, { label, network }] of variants.entries()) {
    const part = [index, variants.length] as const;
    const found = yield* fit({ ...rest, network, loss: { id: 'crossEntropy' }, what: label, part });
    compared.push({ label, network, fit: found });
  }
  return compared;
}
