import { attributions } from '../../attribution/emit.ts';
import type { CommandModule } from '../command.ts';

export const methods: CommandModule = {
  configure(command, context) {
    command.action(() => {
      for (const { id, title, description, citation } of attributions.values()) {
        context.print(`${id.padEnd(18)} ${title}. ${description} (${citation})`);
      }
    });
  },
};
