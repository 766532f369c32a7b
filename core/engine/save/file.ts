import { catalogued } from '../catalogue.ts';
import type { Finding, MethodFinding } from '../request.ts';
import type { Model } from '../../model/model.ts';
import type { Fact } from '../../protocol/results.ts';
import { formatNumber } from '../../base/formatNumber.ts';

/** A file of a run before it is written. */
export interface ResultFile {
  readonly file: string;
  readonly content: Uint8Array | string;
}

/** Where the files of a result go, and what its figure says about where it comes from. */
export interface ResultPlace {
  /** Beginning of the names of the files. */
  readonly stem: string;
  /** Lines under the title. */
  readonly source: readonly string[];
}

/** A method's finding on one picture, or on the network itself. */
export interface SavedSubject {
  readonly model: Model;
  readonly finding: Finding;
  readonly found: MethodFinding;
  /** Beginning of the names of the files of this method. */
  readonly stem: string;
}

/** `tabby · 64.9 % · logit 12.34`, then model, layers and citation. */
export function sourceLines({ model, finding, found }: SavedSubject): string[] {
  const { explained } = finding;
  const layers = found.layers.slice(0, 3).map((name) => `layer ${name}`);
  const source = [model.name, ...layers, catalogued(found.method.id).citation].join(' · ');
  if (explained === undefined) return [source];
  const { description, label, index, probability, logit } = explained;
  const what = description === label ? '' : `${description} · `;
  const numbers = `${(100 * probability).toFixed(1)} % · logit ${logit.toFixed(3)}`;
  return [`${what}${label} (class ${index}) · ${numbers}`, source];
}

/** `completeness delta: −0.012` */
function factText({ label, value, unit }: Fact): string {
  const text = typeof value === 'number' ? formatNumber(value) : value;
  return `${label}: ${text}${unit === undefined ? '' : ` ${unit}`}`;
}

/** All facts on one line. */
export const factLine = (facts: readonly Fact[] = []): string => facts.map(factText).join(' · ');

/** Characters of a line of facts in a figure; a fact is not torn apart. */
const factLineLength = 96;

/** The facts of a figure, as many on a line as fit. */
export function factLines(facts: readonly Fact[] = []): string[] {
  const lines: string[] = [];
  for (const text of facts.map(factText)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + text.length <= factLineLength)
      lines[lines.length - 1] = `${last} · ${text}`;
    else lines.push(text);
  }
  return lines;
}
