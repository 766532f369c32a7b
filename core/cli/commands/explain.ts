import { describeExplained } from '../describe.ts';
import { runCommand } from '../runCommand.ts';

export const explain = runCommand({
  command: 'explain',
  method: 'gradient,gradCam',
  pictures: true,
  target: 'what is explained',
  describe: describeExplained,
});
