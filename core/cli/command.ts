import type { Command } from 'commander';
import type { Progress } from './progress.ts';

/** What every command is given. */
export interface CommandContext {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Writes one line of the result to standard output. */
  readonly print: (line: string) => void;
  /** Writes one line of advice or a warning to standard error; silent with --quiet. */
  readonly note: (line: string) => void;
}

/** A command: adds its arguments, options and action to the `Command` of its name. */
export interface CommandModule {
  configure(command: Command, context: CommandContext): void;
}

/** A line of `commands/index.ts`: enough for --help, the rest is loaded when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}
