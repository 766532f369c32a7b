import { describeFacts } from '../describe.ts';
import { runCommand } from '../runCommand.ts';

export const examples = runCommand({
  command: 'examples',
  method: 'datasetExamples',
  pictures: true,
  describe: describeFacts,
});
