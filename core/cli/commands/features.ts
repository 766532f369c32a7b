import { describeFacts } from '../describe.ts';
import { runCommand } from '../runCommand.ts';

export const features = runCommand({
  command: 'features',
  method: 'featureVisualization',
  pictures: false,
  target: 'what is maximised, where no channels are named',
  describe: describeFacts,
});
