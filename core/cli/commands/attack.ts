import { describeFacts } from '../describe.ts';
import { runCommand } from '../runCommand.ts';

export const attack = runCommand({
  command: 'attack',
  method: 'pgd',
  pictures: true,
  target: 'the class to reach; without one the network is to leave the right class',
  labels: true,
  describe: describeFacts,
});
