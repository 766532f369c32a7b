import { writeDemo } from '../../engine/demo.ts';
import type { CommandModule } from '../command.ts';
import { describeExplained } from '../describe.ts';
import { noteNonFinite } from '../notes.ts';
import { type RuntimeFlags, addRuntimeFlags, withRuntime } from '../runtimeFlags.ts';

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
          onProgress: ({ done, total, what }) => context.progress.report(what, done / Math.max(1, total)),
          onFinding: (finding) => {
            for (const line of describeExplained(finding)) context.print(line);
            noteNonFinite(finding.nonFinite, context);
          },
        });
        context.print(`${files.length} files; open ${page} in a browser`);
      });
    });
  },
};
