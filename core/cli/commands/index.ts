import type { CommandEntry, CommandModule } from '../command.ts';

const load = async (module: Promise<{ command: CommandModule }>): Promise<CommandModule> =>
  (await module).command;

/** One line a command, in the order of `loupe --help`. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'info',
    summary: 'what a model is made of, and what is known about it',
    load: () => load(import('./info.ts')),
  },
  { name: 'predict', summary: 'the likeliest classes of pictures', load: () => load(import('./predict.ts')) },
];
