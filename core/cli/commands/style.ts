import { describeFacts } from '../describe.ts';
import { runCommand } from '../runCommand.ts';

export const style = runCommand({
  command: 'style',
  method: 'styleTransfer',
  pictures: true,
  describe: describeFacts,
});
