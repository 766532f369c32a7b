/** What a training was asked and which examples it sees, by field: what a checkpoint belongs to. */
export type TrainingIdentity = Readonly<Record<string, unknown>>;

/** As JSON, in which the order of fields does not matter. */
export const identityText = (identity: TrainingIdentity): string => canonical(identity);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** Longer values are not shown in a sentence. */
const longestShown = 60;

/** Which fields of a checkpoint's identity are not those of `now`, for a sentence; undefined where all are. */
export function describeDifference(kept: string, now: TrainingIdentity): string | undefined {
  if (kept === identityText(now)) return undefined;
  const before = parsed(kept);
  if (before === undefined) return 'its configuration or its data are not those of this one';
  const textOf = (fields: TrainingIdentity, key: string): string =>
    key in fields && fields[key] !== undefined ? canonical(fields[key]) : 'not given';
  const changed = [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((key): string[] => {
    const [old, wanted] = [textOf(before, key), textOf(now, key)];
    if (old === wanted) return [];
    const short = Math.max(old.length, wanted.length) <= longestShown;
    return [short ? `${key} was ${old} and is ${wanted} now` : `${key} has changed`];
  });
  return changed.length === 0 ? undefined : changed.join(', ');
}

function parsed(text: string): TrainingIdentity | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null ? { ...found } : undefined;
  } catch {
    return undefined;
  }
}
