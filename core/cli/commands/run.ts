import { LoupeError } from '../../base/errors.ts';
import { readRecipe, repeatRecipe } from '../../engine/repeat.ts';
import type { CommandModule } from '../command.ts';

export const run: CommandModule = {
  configure(command, context) {
    command
      .argument('<recipe>', 'a recipe.json that a run has written')
      .option('--out <folder>', 'where the results go', 'out')
      .action(async (path: string, { out }: { out: string }) => {
        const recipe = await readRecipe(path);
        const { differences, identical, changed } = await repeatRecipe(recipe, out, {
          signal: context.signal,
          onProgress: ({ done, total, what }) => context.progress.report(what, done / Math.max(1, total)),
        });
        for (const sentence of differences) context.note(sentence);
        for (const file of changed) context.print(`differs: ${file}`);
        const total = identical.length + changed.length;
        context.print(`${identical.length} of ${total} files are identical to the recorded run, in ${out}`);
        if (changed.length > 0) {
          throw new LoupeError(
            'mismatch',
            `${changed.length} of ${total} files differ from the recorded run.`,
          );
        }
      });
  },
};
