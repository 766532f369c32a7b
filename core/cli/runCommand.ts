import { Option } from 'commander';
import { labelledImages } from '../engine/labelledImages.ts';
import { methodFor, methodsOf } from '../engine/catalogue.ts';
import { expandFolders } from '../engine/readPictures.ts';
import type { Finding, RunRequest } from '../engine/request.ts';
import { runToFolder } from '../engine/runToFolder.ts';
import { parseTarget, targetForms } from '../engine/target.ts';
import { features } from '../features/registry.ts';
import { usualMemoryBytes } from '../method/context.ts';
import { openModel } from '../model/model.ts';
import type { RunCommand } from '../protocol/method.ts';
import type { CommandContext, CommandModule } from './command.ts';
import { defenceOption, defencesFrom } from './defenceFlag.ts';
import { addMethodFlags, methodsFor, requestsFrom } from './methodFlags.ts';
import { noteGuesses, noteNonFinite } from './notes.ts';
import { asIsOption, cardOption, integerFrom, withPicturesAsTheyAre } from './options.ts';
import { type RuntimeFlags, addRuntimeFlags, withRuntime } from './runtimeFlags.ts';

export interface RunCommandOptions {
  readonly command: RunCommand;
  /** Methods where --method is not given. */
  readonly method: string;
  /** Whether pictures are named behind the model. */
  readonly pictures: boolean;
  /** Help for --target, where the command has one. */
  readonly target?: string;
  /** Whether right classes can be given (--label, --labels). */
  readonly labels?: boolean;
  /** Lines to print about a finding. */
  readonly describe: (finding: Finding) => readonly string[];
}

interface RunFlags extends RuntimeFlags {
  readonly method: string;
  readonly target: string;
  readonly out: string;
  readonly seed: number;
  readonly memory: number;
  readonly defence: readonly string[];
  readonly card?: string;
  readonly asIs?: boolean;
  readonly label?: string;
  readonly labels?: string;
  readonly [parameter: string]: unknown;
}

const mebibyte = 2 ** 20;

/** A command that runs methods of the catalogue: everything but its name follows from the methods. */
export function runCommand(options: RunCommandOptions): CommandModule {
  const known = methodsOf(options.command);
  return {
    configure(command, context) {
      command.argument('<model>', 'an ONNX file');
      if (options.pictures) command.argument('<images...>', 'pictures, or folders of them');
      command.option('--method <ids>', 'methods, separated by commas, or "all"', options.method);
      if (options.target !== undefined)
        command.option('--target <target>', `${options.target}: ${targetForms}`, 'top');
      if (options.labels === true) {
        command
          .option('--label <class>', 'the right class of every picture; else what the network says of it')
          .option(
            '--labels <source>',
            'right classes: a .csv (file,class) or .json file, or "folder": each picture’s folder is its class',
          );
      }
      for (const { role, title, description } of rolesOf(options.command)) {
        command.addOption(new Option(`--${role} <files...>`, `${title}: ${description}`));
      }
      command
        .option('--out <folder>', 'where arrays, pictures and recipe.json go', 'out')
        .option('--seed <number>', 'seed of all random numbers', integerFrom(0), 0)
        .option(
          '--memory <MiB>',
          'memory that one program may take; batches follow from it',
          integerFrom(16),
          usualMemoryBytes / mebibyte,
        )
        .addOption(defenceOption())
        .addOption(cardOption());
      if (options.pictures) command.addOption(asIsOption());
      addMethodFlags(command, known);
      addRuntimeFlags(command);
      command.action(async (modelPath: string, second: unknown) => {
        const images = options.pictures ? (second as string[]) : [];
        await runOn({ modelPath, images, flags: command.opts<RunFlags>() }, options, context);
      });
    },
  };
}

/** The roles of further pictures that the command's methods know. */
const rolesOf = (command: RunCommand) =>
  [...features.values()]
    .filter((feature) => feature.command === command)
    .flatMap(({ references }) => references);

async function runOn(
  given: { modelPath: string; images: readonly string[]; flags: RunFlags },
  options: RunCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { flags } = given;
  const { command } = options;
  const find = (id: string) => methodFor(command, id);
  const requests = requestsFrom({ named: flags.method, known: methodsOf(command), find }, flags);
  const defences = defencesFrom(flags.defence);
  const opened = await openModel(given.modelPath, flags.card);
  const model = flags.asIs === true ? withPicturesAsTheyAre(opened) : opened;
  noteGuesses(model, context);
  const target = parseTarget(flags.target ?? 'top', model);
  const methods =
    command === 'explain' ? methodsFor(model, requests, { named: flags.method, target }, context) : requests;
  const paths = await expandFolders(given.images);
  const images = await labelledImages(model, paths, { label: flags.label, labels: flags.labels });
  await withRuntime(flags, context, async (runtime) => {
    const request: RunRequest = {
      command,
      model,
      runtime,
      methods,
      target,
      defences,
      images,
      references: referencesFrom(command, flags),
      seed: flags.seed,
      memoryBytes: flags.memory * mebibyte,
      signal: context.signal,
      onProgress: ({ done, total, what }) => context.progress.report(what, done / Math.max(1, total)),
    };
    const { files } = await runToFolder(request, flags.out, (finding) => report(finding, options, context));
    context.print(`${files.length} files in ${flags.out}`);
  });
}

function referencesFrom(command: RunCommand, flags: RunFlags): Record<string, readonly string[]> {
  const given = rolesOf(command).flatMap(({ role }) => {
    const files = flags[role];
    return Array.isArray(files) ? [[role, files.map(String)] as const] : [];
  });
  return Object.fromEntries(given);
}

function report(finding: Finding, { describe }: RunCommandOptions, context: CommandContext): void {
  for (const line of describe(finding)) context.print(line);
  for (const note of finding.picture?.file.notes ?? []) context.note(`${finding.subject}: ${note}`);
  for (const { method, results } of finding.findings) {
    for (const result of results) {
      for (const note of result.notes ?? []) context.note(`${method.id}: ${note}`);
    }
  }
  noteNonFinite(finding.nonFinite, context);
}
