/** Time that a command has to stop by itself after Ctrl-C, in milliseconds. */
const grace = 3000;

export const interruptedExitCode = 130;

/**
 * Turns SIGINT and SIGTERM into an AbortSignal. A command that has not stopped after three seconds, or a second
 * Ctrl-C, ends the process; its temporary files are removed either way (`engine/atomic.ts`).
 */
export function abortOnInterrupt(): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(interruptedExitCode);
    controller.abort();
    setTimeout(() => process.exit(interruptedExitCode), grace).unref();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return {
    signal: controller.signal,
    dispose() {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
}
