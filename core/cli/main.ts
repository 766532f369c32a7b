import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { LoupeError, messageOf } from '../base/errors.ts';
import type { CommandContext } from './command.ts';
import { commands } from './commands/index.ts';
import { abortOnInterrupt, interruptedExitCode } from './interrupt.ts';
import { createProgress, noProgress } from './progress.ts';

const usageExitCode = 2;

/** Runs one command line (without `node` and the script) and returns the exit code. Never throws. */
export async function main(args: readonly string[]): Promise<number> {
  const { signal, dispose } = abortOnInterrupt();
  const context = contextFor(args, signal);
  stopQuietlyOnClosedPipe();
  try {
    const program = await createProgram(args, context);
    await program.parseAsync([...args], { from: 'user' });
    return signal.aborted ? interruptedExitCode : 0;
  } catch (error) {
    context.progress.done();
    return report(error, signal);
  } finally {
    context.progress.done();
    dispose();
  }
}

/** `loupe info m.onnx | head` closes our output early; that is no error of ours. */
function stopQuietlyOnClosedPipe(): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
}

function contextFor(args: readonly string[], signal: AbortSignal): CommandContext {
  const quiet = args.includes('--quiet') || args.includes('-q');
  const progress = quiet ? noProgress : createProgress(process.stderr);
  return {
    signal,
    progress,
    print(line) {
      progress.done();
      process.stdout.write(`${line}\n`);
    },
    note(line) {
      if (quiet) return;
      progress.done();
      process.stderr.write(`${line}\n`);
    },
  };
}

/** All commands by name and summary; those that the arguments mention are loaded and configured. */
async function createProgram(args: readonly string[], context: CommandContext): Promise<Command> {
  const program = new Command('loupe')
    .description('Shows what a convolutional network sees, and why it answers as it does.')
    .version(manifest.version)
    .option('-q, --quiet', 'no progress and no notes on standard error')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`loupe: ${text.replace(/^error: /, '')}`) });
  for (const { name, summary, load } of commands) {
    const command = program.command(name).description(summary);
    command
      .copyInheritedSettings(program)
      .option('-q, --quiet', 'no progress and no notes on standard error');
    if (args.includes(name)) (await load()).configure(command, context);
  }
  return program;
}

/** The one place where errors become a line on standard error and an exit code. */
function report(error: unknown, signal: AbortSignal): number {
  // Commander has printed its own sentence already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
  if (signal.aborted || (error instanceof LoupeError && error.code === 'cancelled')) {
    console.error('loupe: stopped; nothing half-written was left.');
    return interruptedExitCode;
  }
  if (error instanceof LoupeError && error.code !== 'internal') {
    console.error(`loupe: ${messageOf(error)}`);
  } else {
    console.error(`loupe: ${messageOf(error)} (This is a bug in Loupe; LOUPE_DEBUG=1 shows where.)`);
  }
  if (process.env['LOUPE_DEBUG'] === '1') console.error(error);
  return 1;
}
