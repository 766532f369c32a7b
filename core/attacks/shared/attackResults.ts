import { LoupeError } from '../../base/errors.ts';
import { type Tensor, tensor } from '../../base/tensor.ts';
import { type Model, labelOf } from '../../model/model.ts';
import type { MethodRequest } from '../../protocol/method.ts';
import type { CurveResult, Fact, ImageResult, Result, TableResult } from '../../protocol/results.ts';
import { allRows } from './chunks.ts';
import type { AttackGoal } from './goal.ts';
import { levels } from './lattice.ts';
import type { AttackReport, ExampleReport, ExampleStatus, Verdict } from './report.ts';
import { rowOf } from './rows.ts';

export interface AttackSubject {
  readonly model: Model;
  readonly method: MethodRequest;
  readonly goal: AttackGoal;
}

const magnification = 10;
const tableLength = 5;

const statusText: Record<ExampleStatus, string> = {
  cleanError: 'wrong before any attack, left as it is',
  alreadyTarget: 'taken for the target before any attack, left as it is',
  succeeded: 'the saved picture fools the network',
  failed: 'the network is not fooled',
  lostInRounding: 'the network was fooled, but not by the picture rounded to 8 bits',
};

/** What the numbers of a trace are, by their names. */
const seriesText: Readonly<Record<string, string>> = {
  loss: 'loss of the class',
  lead: 'logit by which the attacker leads',
  l2: 'L2 norm of the perturbation',
  c: 'c',
};

/**
 * The results of one example: the adversarial picture (exactly what the PNG holds), its perturbation made visible, the
 * probabilities before and after, and the course of the search where there is one.
 */
export function attackResults(report: AttackReport, index: number, subject: AttackSubject): Result[] {
  const example = report.examples[index];
  if (example === undefined) throw new LoupeError('internal', `The attack has no example ${index}.`);
  return [
    pictureOf(report, index, example, subject),
    perturbationOf(report, index, subject.goal),
    tableOf(report, index, subject),
    ...curvesOf(report, index),
  ];
}

function pictureOf(
  report: AttackReport,
  index: number,
  example: ExampleReport,
  { model, goal }: AttackSubject,
): ImageResult {
  const { budget, title } = report;
  const wanted = labelOf(model, goal.classes[index] ?? 0);
  const seen = (verdict: Verdict): string =>
    `${labelOf(model, verdict.index)}, ${(100 * verdict.probability).toFixed(1)} %`;
  const facts: Fact[] = [
    { label: 'Outcome', value: statusText[example.status] },
    { label: goal.targeted ? 'Class to reach' : 'Class to leave', value: wanted },
    { label: 'Before', value: seen(example.clean) },
    { label: 'After, unrounded', value: seen(example.adversarial) },
    { label: 'After, as saved', value: seen(example.saved) },
    ...(budget === undefined
      ? []
      : [{ label: budget.norm === 'linf' ? 'ε (L∞)' : 'ε (L2)', value: inLevels(budget.epsilon) }]),
    { label: 'L∞ norm', value: inLevels(example.norms.linf) },
    { label: 'L2 norm', value: example.norms.l2 },
    { label: 'L1 norm', value: example.norms.l1 },
  ];
  const image = imageAt(report.adversarial, rowOf(report.adversarial, index));
  return {
    type: 'image',
    name: 'adversarial',
    title: `${title}: adversarial picture`,
    exact: true,
    image,
    facts,
  };
}

/** `8/255`, or `7.65/255` off the levels of 8-bit pictures. */
function inLevels(size: number): string {
  const count = size * levels;
  return `${Number(count.toFixed(Math.abs(count - Math.round(count)) < 1e-3 ? 0 : 2))}/255`;
}

/** ½ + 10δ of the saved picture, cut to [0, 1]. */
function perturbationOf(report: AttackReport, index: number, { images }: AttackGoal): ImageResult {
  const original = rowOf(images, index);
  const drawn = rowOf(report.adversarial, index).map((value, i) =>
    Math.min(1, Math.max(0, 0.5 + magnification * (value - (original[i] ?? 0)))),
  );
  return {
    type: 'image',
    name: 'perturbation',
    title: `perturbation ×${magnification}`,
    image: imageAt(images, drawn),
    notes: ['mid-grey is no change'],
  };
}

/** One example [C, H, W] of images [n, C, H, W] as a tensor of its own. */
function imageAt({ dims }: Tensor, data: Float32Array): Tensor {
  return tensor('float32', data.slice(), dims.slice(1));
}

/** The classes that are among the first before or after, by the greater of their probabilities. */
function tableOf(report: AttackReport, index: number, { model }: AttackSubject): TableResult {
  const { clean, saved } = report.probabilities;
  const [before, after] = [rowOf(clean, index), rowOf(saved, index)];
  const at = (values: Float32Array, of: number): number => values[of] ?? 0;
  const firstOf = (values: Float32Array): number[] =>
    allRows(values.length)
      .sort((a, b) => at(values, b) - at(values, a))
      .slice(0, tableLength);
  const shown = [...new Set([...firstOf(before), ...firstOf(after)])];
  const greater = (of: number): number => Math.max(at(before, of), at(after, of));
  return {
    type: 'table',
    name: 'probabilities',
    title: `${report.title}: probabilities before and after`,
    columns: [{ title: 'Class' }, { title: 'Before', right: true }, { title: 'After', right: true }],
    rows: shown
      .sort((a, b) => greater(b) - greater(a))
      .map((of) => [labelOf(model, of), rounded(at(before, of)), rounded(at(after, of))]),
  };
}

const rounded = (probability: number): number => Number(probability.toPrecision(4));

function curvesOf(report: AttackReport, index: number): CurveResult[] {
  const trace = report.traces[index];
  return Object.entries(trace?.series ?? {})
    .filter(([, values]) => values.length > 1)
    .map(([name, values]) => ({
      type: 'curve',
      name: `trace-${name}`,
      title: `${report.title}: ${seriesText[name] ?? name}`,
      x: { label: trace?.rows ?? '', values: allRows(values.length) },
      y: { label: seriesText[name] ?? name },
      series: [{ label: report.title, y: values }],
    }));
}
