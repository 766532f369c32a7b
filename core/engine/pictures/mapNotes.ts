import type { DrawnMap } from './heatmap.ts';

/** What a reader must know to trust drawn maps. */
export interface MapNotes {
  readonly notes: readonly string[];
  /** About numbers that are none. */
  readonly warnings: readonly string[];
}

/** Notes on one map: what lies outside its colour bar, and what is no number. */
export function notesOn({ scale, map }: DrawnMap): MapNotes {
  const count = map.values.length;
  const beyond = `${scale.beyond} of ${count} values lie beyond the ends of the colour bar.`;
  const broken = `${scale.nonFinite} of ${count} values are no finite numbers: magenta chequer.`;
  return {
    notes: scale.high === 0 ? ['All values are zero.'] : scale.beyond === 0 ? [] : [beyond],
    warnings: scale.nonFinite === 0 ? [] : [broken],
  };
}

/** Notes on several named maps, in as few sentences as tell the same. */
export function notesOnAll(maps: readonly { readonly name: string; readonly drawn: DrawnMap }[]): MapNotes {
  const zero = maps.filter(({ drawn }) => drawn.scale.high === 0).map(({ name }) => name);
  const share = Math.max(0, ...maps.map(({ drawn }) => drawn.scale.beyond / drawn.map.values.length));
  const percent = (100 * share).toFixed(2);
  const beyond = `Of each map, at most ${percent} % of the values lie beyond the ends of its colour bar.`;
  return {
    notes: [
      ...(share === 0 ? [] : [beyond]),
      ...(zero.length === 0 ? [] : [`All values are zero: ${zero.join(', ')}.`]),
    ],
    warnings: maps.flatMap(({ name, drawn }) =>
      notesOn(drawn).warnings.map((warning) => `${name}: ${warning}`),
    ),
  };
}
