import { explainToFolder } from '../../engine/explainToFolder.ts';
import { parseTarget } from '../../engine/target.ts';
import { openModel } from '../../model/model.ts';
import type { CommandModule } from '../command.ts';
import { noteGuesses, noteNonFinite } from '../notes.ts';
import { cardOption } from '../options.ts';
import { addMethodFlags, methodsFor, requestsFrom } from '../methodFlags.ts';
import { type RuntimeFlags, addRuntimeFlags, withRuntime } from '../runtimeFlags.ts';
import { formatPercent } from '../table.ts';

interface ExplainFlags extends RuntimeFlags {
  readonly method: string;
  readonly target: string;
  readonly out: string;
  readonly card?: string;
  readonly [parameter: string]: unknown;
}

export const explain: CommandModule = {
  configure(command, context) {
    command
      .argument('<model>', 'an ONNX file')
      .argument('<images...>', 'pictures')
      .option('--method <ids>', 'methods, separated by commas, or "all"', 'gradient,gradCam')
      .option('--target <class>', 'the class to explain: top, an index or a label', 'top')
      .option('--out <folder>', 'where arrays, pictures and recipe.json go', 'out')
      .addOption(cardOption());
    addMethodFlags(command);
    addRuntimeFlags(command);
    command.action(async (modelPath: string, images: string[], flags: ExplainFlags) => {
      const requests = requestsFrom(flags.method, flags);
      const model = await openModel(modelPath, flags.card);
      noteGuesses(model, context);
      const methods = methodsFor(model, requests, flags.method, context);
      const target = parseTarget(flags.target, model);
      await withRuntime(flags, context, async (runtime) => {
        const { files } = await explainToFolder(
          {
            model,
            runtime,
            methods,
            target,
            images,
            signal: context.signal,
            onProgress: (done, total, next) => context.progress.report(next, done / total),
          },
          flags.out,
          (explained) => {
            const { label, index, probability } = explained.target;
            context.print(`${explained.file.path}: ${label} (class ${index}) ${formatPercent(probability)}`);
            for (const note of explained.file.notes) context.note(`${explained.file.path}: ${note}`);
            noteNonFinite(explained.nonFinite, context);
          },
        );
        context.print(`${files.length} files in ${flags.out}`);
      });
    });
  },
};
