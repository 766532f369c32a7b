// Our side of `npm run bench -- methods`: the methods as the command line runs them, one JSON request a line.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { MethodContext } from '../../core/method/context.ts';
import { openModel } from '../../core/model/model.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { writeGoldenModel } from '../golden/loadGraph.ts';
import { sharedFile } from '../shared.ts';
import { type Timed, methodRuns } from './methodRuns.ts';
import { methodBenches, trainingBenches } from './methodNames.ts';
import { trainingRun } from './trainingRun.ts';

const { values: flags } = parseArgs({ options: { threads: { type: 'string', default: '2' } } });
const requestSchema = z.object({
  what: z.enum([...methodBenches, ...trainingBenches].map(({ what }) => what)),
  net: z.string(),
  batch: z.int(),
  repeats: z.int(),
  warmup: z.int(),
});
type Request = z.infer<typeof requestSchema>;

const folder = mkdtempSync(path.join(tmpdir(), 'loupe-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const runtime = new Runtime({ threads: Number(flags.threads) });
const prepared = new Map<string, Timed>();

say({ torch: 'none, ONNX Runtime', threads: Number(flags.threads) });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say(await measure(requestSchema.parse(JSON.parse(line))));
  } catch (error) {
    say({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

async function measure(request: Request): Promise<{ ms: number[]; peakMb: number }> {
  const key = `${request.what}/${request.net}`;
  const once = prepared.get(key) ?? (await prepare(request));
  prepared.set(key, once);
  const ms: number[] = [];
  for (let run = -request.warmup; run < request.repeats; run++) {
    const startedAt = performance.now();
    const steps = await once();
    if (run >= 0) ms.push((performance.now() - startedAt) / steps);
  }
  return { ms, peakMb: process.resourceUsage().maxRSS / 1024 };
}

async function prepare({ what, net, batch }: Request): Promise<Timed> {
  if (what === 'training') return trainingRun(net, batch, runtime);
  const shared = sharedFile(`models/${net}_cifar10_folded.onnx`);
  const file = net === 'resnet20' && shared !== undefined ? shared : path.join(folder, `${net}.onnx`);
  if (file !== shared) {
    // Graphs that end in a global pool are kept at a small size; VGG's is at its own.
    writeGoldenModel(net, file, net.startsWith('resnet') ? { size: 224 } : {});
    const input = { width: 224, height: 224, range: [0, 1], mean: [0, 0, 0], std: [1, 1, 1] };
    writeFileSync(path.join(folder, `${net}.card.json`), JSON.stringify({ input }));
  }
  const model = await openModel(file);
  return methodRuns[what](new MethodContext({ model, runtime }), batch);
}

function say(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
