import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { benchMethods, methodTable } from './methodBench.ts';
import { type MethodBench, methodBenches, trainingBenches } from './methodNames.ts';
import { type BenchRow, type Side, measureNet } from './measure.ts';
import { type Peer, startPeer } from './peer.ts';
import { benchNets } from './nets.ts';
import { formatProfile } from './profile.ts';
import { type Question, questions } from './programs.ts';
import { formatMilliseconds, formatRatio, formatTable, geometricMean } from './table.ts';

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    what: { type: 'string', default: questions.join() },
    batch: { type: 'string', default: '1,8' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    folded: { type: 'boolean', default: false },
  },
});

const threads = Number(flags.threads);
const asked = flags.what.split(',');
const chosen = questions.filter((question) => asked.includes(question));
const nets =
  flags.only === undefined
    ? benchNets
    : benchNets.filter(({ name }) => flags.only?.split(',').includes(name) === true);

const [topic = 'programs'] = positionals;
if (topic === 'methods') await runMethodBench('Whole methods', methodBenches);
else if (topic === 'training') await runMethodBench('Training', trainingBenches);
else await runProgramBench();

async function runMethodBench(title: string, benches: readonly MethodBench[]): Promise<void> {
  const rows = await benchMethods({ benches, threads, only: flags.only?.split(',') });
  console.log(`${title} beside PyTorch, ${threads} threads on both sides, medians.\n\n${methodTable(rows)}`);
  writeJson({ threads, rows });
}

async function runProgramBench(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'loupe-bench-'));
  const peer = await startPeer(threads);
  try {
    console.log(
      peer === undefined
        ? 'No PyTorch here (LOUPE_PYTHON names the Python to ask): our side alone.'
        : `PyTorch ${peer.torch}, ${threads} threads on both sides, milliseconds (medians).`,
    );
    const rows = await measureAll(peer, folder);
    console.log(`\n${tableOf(rows)}\n\n${summaryOf(rows)}\n${profilesOf(rows)}`);
    writeJson({ torch: peer?.torch, threads, folded: flags.folded, rows });
  } finally {
    await peer?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeJson(content: unknown): void {
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(content, undefined, 2)}\n`);
}

async function measureAll(other: Peer | undefined, folder: string): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const batch of flags.batch.split(',').map(Number)) {
    for (const net of nets) {
      const measured = await measureNet({
        net,
        batch,
        threads,
        folder,
        rounds: Number(flags.rounds),
        questions: chosen,
        peer: other,
        folded: flags.folded,
      });
      rows.push(...measured);
      console.error(
        measured
          .map(
            (row) =>
              `${row.net} b${row.batch} ${row.what}: ${formatMilliseconds(row.ours.medianMs)} ms ${formatRatio(row.ratio)}`,
          )
          .join(', '),
      );
    }
  }
  return rows;
}

function tableOf(rows: readonly BenchRow[]): string {
  const show = (side: Side | undefined): string => formatMilliseconds(side?.medianMs);
  return formatTable(
    ['network', 'batch', 'what', 'Loupe', 'PyTorch', 'ratio', '× forward'],
    rows.map((row) => [
      row.net,
      String(row.batch),
      row.what,
      show(row.ours),
      show(row.theirs),
      formatRatio(row.ratio),
      formatRatio(row.overForward),
    ]),
  );
}

/** Where the time goes of the gradients that fall short. */
function profilesOf(rows: readonly BenchRow[]): string {
  return rows
    .flatMap(({ net, batch, profile }) =>
      profile === undefined ? [] : [`${net} b${batch}, time by operator: ${formatProfile(profile)}`],
    )
    .join('\n');
}

/** Geometric means and the least ratio, by question and batch. */
function summaryOf(rows: readonly BenchRow[]): string {
  const groups = new Map<string, { what: Question; batch: number; ratios: number[] }>();
  for (const { what, batch, ratio } of rows) {
    if (ratio === undefined) continue;
    const group = groups.get(`${what}/${batch}`) ?? { what, batch, ratios: [] };
    group.ratios.push(ratio);
    groups.set(`${what}/${batch}`, group);
  }
  return [...groups.values()]
    .map(
      ({ what, batch, ratios }) =>
        `${what}, batch ${batch}: geometric mean ${formatRatio(geometricMean(ratios))}, least ${formatRatio(Math.min(...ratios))}`,
    )
    .join('\n');
}
