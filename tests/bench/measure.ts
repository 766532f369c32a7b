import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { normals, seededRandom } from '../../core/base/random.ts';
import { type Tensor, tensor } from '../../core/base/tensor.ts';
import { openOnnx } from '../../core/graph/onnx/open.ts';
import { buildNetwork, imageInput } from '../../core/model/network.ts';
import type { Program } from '../../core/runtime/program.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { writeGoldenModel } from '../golden/loadGraph.ts';
import { rawCard } from '../rawCard.ts';
import type { BenchNet } from './nets.ts';
import type { Peer } from './peer.ts';
import { type Profile, profileGraph } from './profile.ts';
import { type Question, questionGraph } from './programs.ts';
import { median } from './table.ts';

export interface Side {
  readonly medianMs: number;
  readonly minimumMs: number;
}

export interface BenchRow {
  readonly net: string;
  readonly batch: number;
  readonly what: Question;
  readonly ours: Side;
  readonly theirs: Side | undefined;
  /** PyTorch's time over ours. */
  readonly ratio: number | undefined;
  /** Our time over our own forward pass. */
  readonly overForward: number | undefined;
  /** Where our time goes, if the ratio is below `explainBelow`. */
  readonly profile: Profile | undefined;
}

/** A lesser ratio is explained by a profile. */
const explainBelow = 1.5;

export interface NetRequest {
  readonly net: BenchNet;
  readonly batch: number;
  readonly threads: number;
  readonly folder: string;
  readonly rounds: number;
  readonly questions: readonly Question[];
  readonly peer: Peer | undefined;
  readonly folded: boolean;
}

/** Runs that a side makes in one turn, after some that do not count. */
const turn = 4;
const warmups = { first: 3, later: 1 };

/** Between turns, so that the threads of the side before have stopped spinning. */
const pauseMilliseconds = 300;

/** Measures one network: both sides take turns, so that a slow spell of the machine hits both. */
export async function measureNet(request: NetRequest): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const what of request.questions) rows.push(await measureQuestion(request, what));
  const forward = rows.find((row) => row.what === 'forward')?.ours.medianMs;
  return rows.map((row) => ({
    ...row,
    overForward: forward === undefined ? undefined : row.ours.medianMs / forward,
  }));
}

async function measureQuestion(request: NetRequest, what: Question): Promise<BenchRow> {
  const { net, batch, peer, folded } = request;
  const runtime = new Runtime({ device: 'cpu', threads: request.threads });
  try {
    const network = networkFor(request);
    const graph = questionGraph(network, what);
    const program = await runtime.compile(graph);
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let round = 0; round < request.rounds; round++) {
      const warmup = round === 0 ? warmups.first : warmups.later;
      await setTimeout(pauseMilliseconds);
      ours.push(...(await ownTurn(program, request, warmup)));
      if (peer === undefined) continue;
      await setTimeout(pauseMilliseconds);
      theirs.push(...(await peer.measure({ net: net.graph, batch, what, repeats: turn, warmup, folded })));
    }
    const [own, other] = [sideOf(ours), theirs.length === 0 ? undefined : sideOf(theirs)];
    const ratio = other === undefined ? undefined : other.medianMs / own.medianMs;
    const explained = ratio !== undefined && ratio < explainBelow && what === 'gradient';
    const profile = explained ? await profileGraph(graph, imageFor(request), request.threads) : undefined;
    return { net: net.name, batch, what, ours: own, theirs: other, ratio, overForward: undefined, profile };
  } finally {
    await runtime.dispose();
  }
}

function networkFor({ net, batch, folder }: NetRequest) {
  const file = path.join(folder, `${net.name}.onnx`);
  writeGoldenModel(net.graph, file);
  return buildNetwork(openOnnx(file), rawCard(net.size), batch);
}

function imageFor({ net, batch }: NetRequest): Tensor {
  const dims = [batch, 3, net.size, net.size];
  return tensor('float32', normals(seededRandom(1), 3 * batch * net.size ** 2), dims);
}

async function ownTurn(program: Program, request: NetRequest, warmup: number): Promise<number[]> {
  const image = imageFor(request);
  const times: number[] = [];
  for (let run = -warmup; run < turn; run++) {
    const start = performance.now();
    await program.run({ [imageInput]: image });
    if (run >= 0) times.push(performance.now() - start);
  }
  return times;
}

function sideOf(times: readonly number[]): Side {
  return { medianMs: median(times), minimumMs: Math.min(...times) };
}
