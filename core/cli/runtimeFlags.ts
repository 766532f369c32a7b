import { type Command, Option } from 'commander';
import { LoupeError } from '../base/errors.ts';
import { type DeviceChoice, deviceChoices } from '../runtime/device.ts';
import { Runtime } from '../runtime/runtime.ts';
import type { CommandContext } from './command.ts';

export interface RuntimeFlags {
  readonly device: DeviceChoice;
  readonly threads: number;
}

/** --device and --threads. */
export function addRuntimeFlags(command: Command): void {
  command
    .addOption(new Option('--device <device>', 'where to compute').choices(deviceChoices).default('cpu'))
    .option('--threads <count>', 'threads inside an operator; 0 takes the physical cores', parseThreads, 0);
}

function parseThreads(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0 && count <= 1024) return count;
  throw new LoupeError(
    'badArgument',
    `Expected a whole number from 0 to 1024 for --threads but received "${text}".`,
  );
}

/** Runs `work` with a runtime and releases it; fallbacks are printed. */
export async function withRuntime<T>(
  { device, threads }: RuntimeFlags,
  context: CommandContext,
  work: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  const runtime = new Runtime({ device, threads });
  try {
    return await work(runtime);
  } finally {
    for (const sentence of runtime.report.fallbacks) context.note(sentence);
    await runtime.dispose();
  }
}
