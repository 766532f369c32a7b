import { z } from 'zod';
import { LoupeError } from '../../base/errors.ts';
import { downloadSource, missingFiles } from '../../data/download.ts';
import { dataSourceOf, dataSources, paramsSchemaOf } from '../../data/sets/registry.ts';
import type { DataSource } from '../../data/sets/define.ts';
import type { CommandContext, CommandModule } from '../command.ts';
import { reportData } from '../dataProgress.ts';
import { parameterTable } from '../parameterTable.ts';

interface DataFlags {
  readonly to?: string;
}

export const data: CommandModule = {
  configure(command, context) {
    command
      .argument('[id]', 'a data set, for its parameters')
      .option('--to <folder>', 'downloads what the folder lacks from the official hosts')
      .action(async (id: string | undefined, { to }: DataFlags) => {
        if (id !== undefined && to !== undefined) await download(dataSourceOf(id), to, context);
        else if (to !== undefined)
          throw new LoupeError(
            'badArgument',
            'Say which data set is to be downloaded: "loupe data mnist --to FOLDER".',
          );
        else
          for (const line of id === undefined ? listAll() : describe(dataSourceOf(id))) context.print(line);
      });
  },
};

async function download(source: DataSource, folder: string, context: CommandContext): Promise<void> {
  const missing = await missingFiles(source, folder);
  if (missing.length === 0 && source.files.length > 0) {
    context.print(`${folder} has all of ${source.title}`);
    return;
  }
  await downloadSource(source, folder, reportData(context));
  context.progress.done();
  context.print(`${source.title}: ${missing.length} files in ${folder}`);
}

function listAll(): string[] {
  return [...dataSources.values()].map(
    ({ id, title, description, citation }) => `${id.padEnd(14)} ${title}. ${description} (${citation})`,
  );
}

function describe(source: DataSource): string[] {
  const { id, title, description, citation, reads, splits, files } = source;
  const { properties } = z
    .object({ properties: z.record(z.string(), z.looseObject({})).default({}) })
    .parse(paramsSchemaOf(source));
  return [
    `${id}: ${title}`,
    description,
    citation,
    reads === 'nothing' ? 'made, not read' : `read from a ${reads}: --data ${id}:PATH`,
    `parts: ${splits.join(', ')}`,
    ...(files.length === 0
      ? []
      : [`can be downloaded, ${(files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(0)} MB`]),
    ...parameterTable(properties),
  ];
}
