/**
 * Damerau–Levenshtein distance (optimal string alignment: insertions, deletions, substitutions and
 * swaps of neighbours each cost 1), without regard to case.
 */
export function editDistance(left: string, right: string): number {
  const [a, b] = [left.toLowerCase(), right.toLowerCase()];
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let best = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + cost);
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (row > 1 && column > 1 && swapped) best = Math.min(best, at(beforeLast, column - 2) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;

/** Names longer than this are compared by their first characters only, so that a hostile name costs nothing. */
const longestCompared = 200;

/**
 * The candidates that a person may have meant by `name`, nearest first: at most a third of the
 * letters wrong, or the one contained in the other.
 */
export function nearest(name: string, candidates: Iterable<string>, count = 3): string[] {
  const wanted = name.slice(0, longestCompared);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const scored: { candidate: string; distance: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const distance = scoreOf(wanted, candidate.slice(0, longestCompared), limit);
    if (distance <= limit) scored.push({ candidate, distance });
  }
  return scored
    .sort((left, right) => left.distance - right.distance || compare(left.candidate, right.candidate))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

function scoreOf(wanted: string, candidate: string, limit: number): number {
  const [a, b] = [wanted.toLowerCase(), candidate.toLowerCase()];
  const contained = wanted.length >= 3 && (b.includes(a) || (candidate.length >= 3 && a.includes(b)));
  if (Math.abs(a.length - b.length) > limit) return contained ? limit : Number.POSITIVE_INFINITY;
  const distance = editDistance(a, b);
  return contained ? Math.min(distance, limit) : distance;
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** `Did you mean "conv1"?`, or nothing when no candidate is near; begins with a space. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const found = nearest(name, candidates);
  return found.length === 0 ? '' : ` Did you mean ${listed(found.map((item) => `"${item}"`))}?`;
}

/** `a, b or c`. */
export function listed(items: readonly string[], conjunction = 'or'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1) ?? ''}`;
}
