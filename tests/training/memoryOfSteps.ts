// Prints how much memory this process takes before and after 300 steps of a training, as JSON: {"before": bytes, "after": bytes}.
import { Runtime } from '../../core/runtime/runtime.ts';
import { train } from '../../core/training/trainer.ts';
import { everythingOn } from './setups.ts';

const warmUp = 150;
const steps = 300;

const runtime = new Runtime();
let before = 0;
for await (const { event } of train(everythingOn(runtime, { epochs: 1000 }))) {
  if (event.kind !== 'step') continue;
  if (event.step === warmUp) before = process.memoryUsage.rss();
  if (event.step === warmUp + steps) break;
}
process.stdout.write(JSON.stringify({ before, after: process.memoryUsage.rss() }));
await runtime.dispose();
