import type { Finding } from '../engine/request.ts';
import { factLine } from '../engine/save/file.ts';
import { formatPercent } from './table.ts';

/** `dog.jpg: Samoyed (class 258) 93.4 %` */
export function describeExplained({ subject, explained }: Finding): string[] {
  if (explained === undefined) return [];
  const { description, label, index, probability } = explained;
  const what = description === label ? '' : ` [${description}]`;
  return [`${subject}: ${label} (class ${index}) ${formatPercent(probability)}${what}`];
}

/** A line a method with the facts that it found. */
export function describeFacts({ subject, findings }: Finding): string[] {
  return findings.map(({ method, results }) => {
    const seen = new Set<string>();
    const facts = results
      .flatMap((result) => result.facts ?? [])
      .filter(({ label }) => !seen.has(label) && seen.add(label) !== undefined);
    return [`${subject}: ${method.id}`, ...(facts.length === 0 ? [] : [factLine(facts)])].join(' · ');
  });
}
