import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { z } from 'zod';
import type { Tensor } from '../../core/base/tensor.ts';
import type { Graph } from '../../core/graph/ir.ts';
import { encodeOnnx } from '../../core/graph/onnx/encode.ts';
import { imageInput } from '../../core/model/network.ts';
import { lowerFor, simplify } from '../../core/passes/pipeline.ts';
import { toOrt } from '../../core/runtime/tensors.ts';

/** Share of the operators' time, by operator, greatest first. */
export type Profile = readonly (readonly [opType: string, share: number])[];

const eventsSchema = z.array(
  z.looseObject({
    cat: z.string(),
    name: z.string(),
    dur: z.number(),
    args: z.looseObject({ op_name: z.string().optional() }).optional(),
  }),
);

const runs = 4;

/** Runs a graph with ONNX Runtime's profiler and says which operators its time goes to. */
export async function profileGraph(graph: Graph, image: Tensor, threads: number): Promise<Profile> {
  const folder = mkdtempSync(path.join(tmpdir(), 'loupe-profile-'));
  try {
    const session = await ort.InferenceSession.create(encodeOnnx(lowerFor(simplify(graph), 'cpu')), {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      logSeverityLevel: 3,
      enableProfiling: true,
      profileFilePrefix: path.join(folder, 'profile'),
      extra: { session: { disable_prepacking: '1', force_spinning_stop: '1' } },
    });
    for (let run = 0; run < runs; run++) await session.run({ [imageInput]: toOrt(image) });
    session.endProfiling();
    await session.release();
    return sharesOf(readProfile(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readProfile(folder: string): z.infer<typeof eventsSchema> {
  const [file = ''] = readdirSync(folder);
  return eventsSchema.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
}

function sharesOf(events: z.infer<typeof eventsSchema>): Profile {
  const byOperator = new Map<string, number>();
  for (const { cat, name, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue;
    const opType = args?.op_name ?? '?';
    byOperator.set(opType, (byOperator.get(opType) ?? 0) + dur);
  }
  const total = [...byOperator.values()].reduce((sum, time) => sum + time, 0);
  return [...byOperator]
    .map(([opType, time]) => [opType, time / total] as const)
    .toSorted((a, b) => b[1] - a[1]);
}

/** `Conv 90 %, Gemm 5 %`: operators from two percent up. */
export function formatProfile(profile: Profile): string {
  const shown = profile.filter(([, share]) => share >= 0.02);
  return shown.map(([opType, share]) => `${opType} ${Math.round(100 * share)} %`).join(', ');
}
