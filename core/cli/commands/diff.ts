import path from 'node:path';
import { compareRecipes } from '../../engine/differences.ts';
import { readRecipe } from '../../engine/repeat.ts';
import type { CommandModule } from '../command.ts';
import { jsonOption } from '../options.ts';
import { formatTable } from '../table.ts';

export const diff: CommandModule = {
  configure(command, context) {
    command
      .argument('<left>', 'a recipe.json')
      .argument('<right>', 'another')
      .addOption(jsonOption())
      .action(async (left: string, right: string, { json }: { json?: boolean }) => {
        const [before, after] = await Promise.all(
          [left, right].map(async (file) => ({ recipe: await readRecipe(file), folder: path.dirname(file) })),
        );
        if (before === undefined || after === undefined) return;
        const differences = compareRecipes(before, after);
        if (json === true) {
          context.print(JSON.stringify(differences, undefined, 2));
          return;
        }
        if (differences.length === 0) {
          context.print('The recipes ask for the same and found the same.');
          return;
        }
        const rows = differences.map(({ what, left: one, right: other }) => [what, one, other]);
        for (const line of formatTable([{ title: 'what' }, { title: left }, { title: right }], rows))
          context.print(line);
      });
  },
};
