import { catalogue, catalogued } from '../../engine/catalogue.ts';
import { type Method, descriptorOf } from '../../method/define.ts';
import { runCommands } from '../../protocol/method.ts';
import type { CommandModule } from '../command.ts';
import { propertiesOf } from '../methodFlags.ts';
import { jsonOption } from '../options.ts';
import { parameterTable } from '../parameterTable.ts';

export const methods: CommandModule = {
  configure(command, context) {
    command
      .argument('[id]', 'a method, for its parameters')
      .addOption(jsonOption())
      .action((id: string | undefined, { json }: { json?: boolean }) => {
        const chosen = id === undefined ? [...catalogue.values()] : [catalogued(id)];
        const lines =
          json === true
            ? [JSON.stringify(chosen.map(descriptorOf), undefined, 2)]
            : id === undefined
              ? listAll()
              : chosen.flatMap(describe);
        for (const line of lines) context.print(line);
      });
  },
};

/** All methods under the commands that run them. */
function listAll(): string[] {
  return [...runCommands, undefined].flatMap((command) => {
    const listed = [...catalogue.values()].filter((method) => method.command === command);
    const heading = command === undefined ? '--defence (stages in front of the network)' : `loupe ${command}`;
    const lines = listed.map(
      ({ id, title, description, citation }) => `  ${id.padEnd(22)} ${title}. ${description} (${citation})`,
    );
    return [heading, ...lines, ''];
  });
}

/** A method with its parameters. */
function describe(method: Method): string[] {
  const { id, title, description, citation, command, compiles } = method;
  return [
    `${id}: ${title}`,
    description,
    citation,
    `run by ${command === undefined ? '--defence' : `loupe ${command}`}${compiles ? ' and loupe compile' : ''}`,
    ...parameterTable(propertiesOf(method)),
  ];
}
