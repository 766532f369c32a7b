import type { Norm } from '../../attacks/define.ts';
import { type Model, labelOf } from '../../model/model.ts';
import type { CurveResult, CurveSeries, Fact, TableResult } from '../../protocol/results.ts';
import type { Ledger, Share } from './ledger.ts';
import type { Subject } from './subject.ts';
import { epsilonText, percentText, picturesText } from './wording.ts';

export interface RobustnessReport {
  readonly model: Model;
  readonly norm: Norm;
  readonly subject: Subject;
  readonly ledger: Ledger;
  /** Signs of masked gradients, a sentence each. */
  readonly signs: readonly string[];
  /** Further sentences. */
  readonly remarks: readonly string[];
}

const worst = 'worst case';

const normText: Readonly<Record<Norm, string>> = { linf: 'L∞', l2: 'L2' };

/** A curve over ε, its numbers as a table, and what became of every picture. */
export function robustnessResults(report: RobustnessReport): [CurveResult, TableResult, TableResult] {
  return [curveOf(report), numbersOf(report), picturesOf(report)];
}

/** Accuracy needs labels; what the network said itself can only be agreed with. */
const measureOf = ({ subject }: RobustnessReport): string => {
  if (subject.labelled === subject.classes.length) return 'robust accuracy';
  return subject.labelled === 0 ? 'agreement with the clean prediction' : 'accuracy or agreement';
};

/** The shares of each series and of all together, an ε each. */
function sharesOf({ ledger }: RobustnessReport): { label: string; shares: Share[] }[] {
  const at = (series?: string): Share[] => ledger.epsilons.map((epsilon) => ledger.robust(epsilon, series));
  const each = ledger.series.map((label) => ({ label, shares: at(label) }));
  return [...each, { label: worst, shares: at() }];
}

function curveOf(report: RobustnessReport): CurveResult {
  const { ledger, norm, signs } = report;
  // A band for each series would hide them all.
  const series = sharesOf(report).map(
    ({ label, shares }): CurveSeries => ({
      label,
      y: shares.map(({ share }) => share),
      ...(label === worst ? { low: shares.map(({ low }) => low), high: shares.map(({ high }) => high) } : {}),
    }),
  );
  return {
    type: 'curve',
    name: 'curve',
    title: 'Robustness',
    x: {
      label: `ε (${normText[norm]}, of the pixel range)`,
      values: ledger.epsilons,
      ticks: ledger.epsilons.map(epsilonText),
    },
    y: { label: measureOf(report), range: [0, 1], percent: true },
    series,
    facts: factsOf(report),
    notes: [...signs, ...notesOf(report)],
  };
}

function factsOf(report: RobustnessReport): Fact[] {
  const { ledger, subject, signs } = report;
  const count = subject.classes.length;
  const clean = subject.right.filter(Boolean).length / count;
  const robust = ledger.epsilons.filter((epsilon) => epsilon > 0);
  return [
    { label: 'Pictures', value: count },
    { label: 'With a label', value: subject.labelled },
    { label: subject.labelled === count ? 'Clean accuracy' : 'Clean agreement', value: percentText(clean) },
    ...robust.map((epsilon) => {
      const { share, low, high } = ledger.robust(epsilon);
      const value = `${percentText(share)} (${percentText(low)} to ${percentText(high)})`;
      return { label: `Worst case at ε = ${epsilonText(epsilon)}`, value };
    }),
    { label: 'Signs of masked gradients', value: signs.length },
  ];
}

function notesOf(report: RobustnessReport): string[] {
  const { subject, remarks } = report;
  const count = subject.classes.length;
  const unlabelled = count - subject.labelled;
  return [
    'Robust at ε: the network is right about the picture, and no attack found a perturbation of at most ε, rounded to 8 bits or not, that changes it. What breaks a picture at ε breaks it at every larger ε, so no curve rises; clean errors count as not robust.',
    'Worst case: the pictures that withstand every attack tried. It is an upper bound of the truth: a stronger attack may break more.',
    `Band: the 95 % interval of Clopper and Pearson of the worst case, for ${picturesText(count)}. It is about the choice of pictures, not about the strength of the attacks.`,
    ...(unlabelled === 0
      ? []
      : [
          `No label was given for ${unlabelled} of ${picturesText(count)}: there the network's own answer to the picture as it is counts as right, which measures agreement, not accuracy.`,
        ]),
    ...remarks,
  ];
}

function numbersOf(report: RobustnessReport): TableResult {
  const { ledger, subject } = report;
  const columns = sharesOf(report);
  const all = columns.at(-1)?.shares ?? [];
  const rounded = (share: number): number => Number(share.toFixed(4));
  return {
    type: 'table',
    name: 'numbers',
    title: `Share of ${picturesText(subject.classes.length)} that stay right`,
    columns: ['ε', ...columns.map(({ label }) => label), 'low', 'high', 'pictures'].map((title) => ({
      title,
      right: true,
    })),
    rows: ledger.epsilons.map((epsilon, at) => [
      epsilonText(epsilon),
      ...columns.map(({ shares }) => rounded(shares[at]?.share ?? Number.NaN)),
      rounded(all[at]?.low ?? Number.NaN),
      rounded(all[at]?.high ?? Number.NaN),
      all[at]?.count ?? 0,
    ]),
    notes: ['low and high: the ends of the 95 % interval of the worst case; pictures: how many that is'],
  };
}

function picturesOf({ ledger, model, subject }: RobustnessReport): TableResult {
  const fates = subject.classes.map((index, row) => {
    const fall = ledger.fallOf(row);
    const shown = [subject.names[row] ?? '', labelOf(model, index)];
    if (subject.right[row] !== true) return [...shown, '0', 'no attack: wrong as it is'];
    if (fall === Infinity) return [...shown, 'withstood', ''];
    return [...shown, epsilonText(fall), ledger.breakersOf(row).join(', ')];
  });
  return {
    type: 'table',
    name: 'pictures',
    title: 'The least ε at which each picture falls',
    columns: [
      { title: 'Picture' },
      { title: 'Right class' },
      { title: 'Falls at ε', right: true },
      { title: 'To' },
    ],
    rows: fates,
  };
}
