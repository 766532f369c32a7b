import { catalogue, catalogued } from '../../engine/catalogue.ts';
import { compileExplanation } from '../../engine/compileExplanation.ts';
import { parseTarget, targetForms } from '../../engine/target.ts';
import { saveOnnx } from '../../graph/onnx/save.ts';
import type { Method } from '../../method/define.ts';
import { openModel } from '../../model/model.ts';
import type { CommandModule } from '../command.ts';
import { defenceOption, defencesFrom } from '../defenceFlag.ts';
import { addMethodFlags, methodsFor, requestsFrom } from '../methodFlags.ts';
import { noteGuesses } from '../notes.ts';
import { cardOption, integerFrom } from '../options.ts';

interface CompileFlags {
  readonly method: string;
  readonly target: string;
  readonly output: string;
  readonly batch: number;
  readonly defence: readonly string[];
  readonly card?: string;
  readonly [parameter: string]: unknown;
}

/** Methods that are pure graphs; `all` means the attributions among them. */
const compiling = (kind: Method['kind']): Method[] =>
  [...catalogue.values()].filter((method) => method.compiles && method.kind === kind);

export const compile: CommandModule = {
  configure(command, context) {
    const [attributions, attacks] = [compiling('attribution'), compiling('attack')];
    command
      .argument('<model>', 'an ONNX file')
      .option('--method <ids>', 'methods, separated by commas, or "all"', 'gradCam')
      .option('--target <target>', `what is explained: ${targetForms}`, 'top')
      .option('--batch <count>', 'images a run', integerFrom(1), 1)
      .option('-o, --output <file>', 'the ONNX file to write', 'explain.onnx')
      .addOption(defenceOption())
      .addOption(cardOption());
    addMethodFlags(command, [...attributions, ...attacks]);
    command.action(async (modelPath: string, flags: CompileFlags) => {
      const known = flags.method === 'all' ? attributions : [...attributions, ...attacks];
      const requests = requestsFrom({ named: flags.method, known, find: catalogued }, flags);
      const model = await openModel(modelPath, flags.card);
      noteGuesses(model, context);
      const target = parseTarget(flags.target, model);
      const methods = methodsFor(model, requests, { named: flags.method, target }, context);
      const defences = defencesFrom(flags.defence);
      const graph = compileExplanation({ model, methods, target, defences, batch: flags.batch });
      saveOnnx(graph, flags.output);
      context.print(`${flags.output}: image in; ${graph.outputs.join(', ')} out`);
    });
  },
};
