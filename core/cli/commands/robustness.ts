import { describeFacts } from '../describe.ts';
import { runCommand } from '../runCommand.ts';

export const robustness = runCommand({
  command: 'robustness',
  method: 'robustness',
  pictures: true,
  labels: true,
  describe: describeFacts,
});
