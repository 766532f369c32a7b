import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { sharedFile } from '../shared.ts';
import type { MethodBench } from './methodNames.ts';
import { type Answer, type Peer, pythonPath, startPeer, startSide } from './peer.ts';
import { formatMilliseconds, formatRatio, formatTable, median } from './table.ts';

export interface MethodRow extends MethodBench {
  readonly ours: Side;
  readonly theirs: Side | undefined;
  /** PyTorch with its batch norms folded, where the network has any. */
  readonly folded: Side | undefined;
  readonly ratio: number | undefined;
}

interface Side {
  readonly medianMs: number;
  readonly peakMb: number;
}

export interface MethodBenchOptions {
  readonly benches: readonly MethodBench[];
  readonly threads: number;
  /** Methods or networks to measure; all if undefined. */
  readonly only: readonly string[] | undefined;
}

/** Between turns, so that the threads of the side before have stopped spinning. */
const pauseMilliseconds = 300;
const childScript = fileURLToPath(new URL('methodChild.ts', import.meta.url));

/** Measures every method in a process of its own beside a fresh PyTorch process, turn by turn, so that peaks of memory are its own. */
export async function benchMethods({ benches, threads, only }: MethodBenchOptions): Promise<MethodRow[]> {
  const rows: MethodRow[] = [];
  for (const bench of benches) {
    if (only !== undefined && !only.includes(bench.what) && !only.includes(bench.net)) continue;
    if (bench.what === 'pgd10' && sharedFile('models/resnet20_cifar10_folded.onnx') === undefined) {
      console.error(`${bench.title}: skipped, ResNet-20 lies in ../shared`);
      continue;
    }
    const row = await benchMethod(bench, threads);
    rows.push(row);
    console.error(
      `${bench.title}, ${bench.net}: ${formatMilliseconds(row.ours.medianMs)} ms ${formatRatio(row.ratio)}`,
    );
  }
  return rows;
}

async function benchMethod(bench: MethodBench, threads: number): Promise<MethodRow> {
  const python = pythonPath();
  const own = await startSide(process.execPath, [
    '--import',
    'tsx',
    childScript,
    '--threads',
    String(threads),
  ]);
  if (own === undefined) throw new Error(`${childScript} did not start.`);
  const peer = existsSync(python) || python === 'python3' ? await startPeer(threads, python) : undefined;
  const hasNorms = bench.net.startsWith('resnet') && bench.what !== 'training';
  try {
    const [ours, theirs, folded]: [Answer[], Answer[], Answer[]] = [[], [], []];
    for (let turn = 0; turn < bench.turns; turn++) {
      ours.push(await oneTurn(own, bench, false));
      if (peer === undefined) continue;
      theirs.push(await oneTurn(peer, bench, false));
      if (hasNorms) folded.push(await oneTurn(peer, bench, true));
    }
    const [mine, other] = [sideOf(ours), theirs.length === 0 ? undefined : sideOf(theirs)];
    return {
      ...bench,
      ours: mine,
      theirs: other,
      folded: folded.length === 0 ? undefined : sideOf(folded),
      ratio: other === undefined ? undefined : other.medianMs / mine.medianMs,
    };
  } finally {
    await own.close();
    await peer?.close();
  }
}

async function oneTurn(
  side: Peer,
  { what, net, batch, repeats }: MethodBench,
  folded: boolean,
): Promise<Answer> {
  await setTimeout(pauseMilliseconds);
  return side.answer({ what, net, batch, repeats, warmup: 1, folded });
}

const sideOf = (answers: readonly Answer[]): Side => ({
  medianMs: median(answers.flatMap(({ ms }) => ms)),
  peakMb: Math.max(...answers.map(({ peakMb }) => peakMb)),
});

export function methodTable(rows: readonly MethodRow[]): string {
  const mb = (side: Side | undefined): string => (side === undefined ? '–' : String(Math.round(side.peakMb)));
  return formatTable(
    [
      'method',
      'network',
      'Loupe ms',
      'PyTorch ms',
      'ratio',
      'PyTorch folded',
      'ratio',
      'Loupe MB',
      'PyTorch MB',
    ],
    rows.map(({ title, net, ours, theirs, folded, ratio }) => [
      title,
      net,
      formatMilliseconds(ours.medianMs),
      formatMilliseconds(theirs?.medianMs),
      formatRatio(ratio),
      formatMilliseconds(folded?.medianMs),
      formatRatio(folded === undefined ? undefined : folded.medianMs / ours.medianMs),
      mb(ours),
      mb(theirs),
    ]),
  );
}
