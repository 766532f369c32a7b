import { describeFacts } from '../describe.ts';
import { runCommand } from '../runCommand.ts';

export const dream = runCommand({
  command: 'dream',
  method: 'deepDream',
  pictures: true,
  target: 'what is maximised instead of the layer',
  describe: describeFacts,
});
