/** Where progress is drawn; standard error. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** Says what is being done, and how far it is in [0, 1] if that is known. */
  report(what: string, share?: number): void;
  /** Removes the bar before something else is written, and forgets the task. */
  done(): void;
}

/** Nothing is shown for what takes less than this, in milliseconds. */
const patience = 1000;
const redrawEvery = 80;
const lineEvery = 5000;

export const noProgress: Progress = { report: () => undefined, done: () => undefined };

/**
 * Progress of a task of more than a second: a bar that redraws itself on a terminal, one line every five seconds elsewhere
 * (a log file).
 */
export function createProgress(stream: ProgressStream, now: () => number = Date.now): Progress {
  let startedAt: number | undefined;
  let shownAt: number | undefined;
  const terminal = stream.isTTY === true;
  const isDue = (time: number, since: number): boolean =>
    shownAt === undefined ? time - since >= patience : time - shownAt >= (terminal ? redrawEvery : lineEvery);
  return {
    report(what, share) {
      const time = now();
      startedAt ??= time;
      if (!isDue(time, startedAt)) return;
      shownAt = time;
      if (terminal) stream.write(`\r\x1b[K${barLine(what, share, stream.columns ?? 80)}`);
      else stream.write(`${what}${share === undefined ? '' : ` ${percent(share)}`}\n`);
    },
    done() {
      if (terminal && shownAt !== undefined) stream.write('\r\x1b[K');
      startedAt = undefined;
      shownAt = undefined;
    },
  };
}

/** `[#########·····] 62 % Explaining dog.jpg`, no wider than the terminal. */
function barLine(what: string, share: number | undefined, columns: number): string {
  if (share === undefined) return `${what} …`.slice(0, columns - 1);
  const width = 24;
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${'#'.repeat(full)}${'·'.repeat(width - full)}] ${percent(share).padStart(5)} ${what}`.slice(
    0,
    columns - 1,
  );
}

const percent = (share: number): string => `${Math.round(Math.min(1, Math.max(0, share)) * 100)} %`;
