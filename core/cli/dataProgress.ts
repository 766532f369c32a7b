import type { DataHooks } from '../engine/training/prepare.ts';
import type { CommandContext } from './command.ts';

/** What reading a data set tells, on standard error. */
export function reportData({ progress, note, signal }: CommandContext): Required<DataHooks> {
  return {
    signal,
    onNote: note,
    onProgress({ what, done, total, unit }) {
      progress.report(`${what}: ${done} ${unit}`, total === undefined ? undefined : done / total);
    },
  };
}
