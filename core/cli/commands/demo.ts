import { writeDemo } from '../../engine/demo.ts';
import type { CommandModule } from '../command.ts';
import { noteNonFinite } from '../notes.ts';
import { type RuntimeFlags, addRuntimeFlags, withRuntime } from '../runtimeFlags.ts';
import { formatPercent } from '../table.ts';

interface DemoFlags extends RuntimeFlags {
  readonly out: string;
}

export const demo: CommandModule = {
  configure(command, context) {
    command.option('--out <folder>', 'where the page and its files go', 'loupe-demo');
    addRuntimeFlags(command);
    command.action(async ({ out, ...flags }: DemoFlags) => {
      await withRuntime(flags, context, async (runtime) => {
        const { page, files } = await writeDemo({
          runtime,
          out,
          signal: context.signal,
          onProgress: (done, total, next) => context.progress.report(next, done / total),
          onImage: ({ file, target, nonFinite }) => {
            context.print(`${file.path}: ${target.label} ${formatPercent(target.probability)}`);
            noteNonFinite(nonFinite, context);
          },
        });
        context.print(`${files.length} files; open ${page} in a browser`);
      });
    });
  },
};
