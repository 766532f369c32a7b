import { compileExplanation } from '../../engine/compileExplanation.ts';
import { parseTarget } from '../../engine/target.ts';
import { saveOnnx } from '../../graph/onnx/save.ts';
import { openModel } from '../../model/model.ts';
import type { CommandModule } from '../command.ts';
import { addMethodFlags, methodsFor, requestsFrom } from '../methodFlags.ts';
import { noteGuesses } from '../notes.ts';
import { cardOption, integerFrom } from '../options.ts';

interface CompileFlags {
  readonly method: string;
  readonly target: string;
  readonly output: string;
  readonly batch: number;
  readonly card?: string;
  readonly [parameter: string]: unknown;
}

export const compile: CommandModule = {
  configure(command, context) {
    command
      .argument('<model>', 'an ONNX file')
      .option('--method <ids>', 'methods, separated by commas, or "all"', 'gradCam')
      .option('--target <class>', 'the class to explain: top, an index or a label', 'top')
      .option('--batch <count>', 'images a run', integerFrom(1), 1)
      .option('-o, --output <file>', 'the ONNX file to write', 'explain.onnx')
      .addOption(cardOption());
    addMethodFlags(command);
    command.action(async (modelPath: string, flags: CompileFlags) => {
      const requests = requestsFrom(flags.method, flags);
      const model = await openModel(modelPath, flags.card);
      noteGuesses(model, context);
      const methods = methodsFor(model, requests, flags.method, context);
      const target = parseTarget(flags.target, model);
      const graph = compileExplanation({ model, methods, target, batch: flags.batch });
      saveOnnx(graph, flags.output);
      context.print(`${flags.output}: image in; ${graph.outputs.join(', ')} out`);
    });
  },
};
