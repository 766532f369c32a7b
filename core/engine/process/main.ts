import { parseArgs } from 'node:util';
import { deviceChoices } from '../../runtime/device.ts';
import { createCalls } from './calls.ts';
import { serveCalls } from './serveCalls.ts';

/* The engine process: `loupe serve` forks it, and it ends with the connection. */

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'cpu' },
    threads: { type: 'string', default: '0' },
  },
});
const device = deviceChoices.find((choice) => choice === values.device) ?? 'cpu';

serveCalls(createCalls({ device, threads: Number(values.threads) }));
