import { throwIfCancelled } from '../base/cancel.ts';
import { LoupeError } from '../base/errors.ts';
import type { Check, Lesson, LessonFinding } from '../lessons/define.ts';
import { drain } from '../method/context.ts';
import type { Progress } from '../protocol/results.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { OutputFolder } from './atomic.ts';
import { csv } from './save/csv.ts';
import { resultFiles } from './save/resultFiles.ts';

export interface LessonRequest {
  readonly lesson: Lesson;
  readonly runtime: Runtime;
  readonly seed: number;
  /** The folder for pictures, tables and `<id>.checks.csv`. */
  readonly out: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface LessonOutcome {
  readonly finding: LessonFinding;
  readonly files: readonly string[];
}

/** Runs a lesson and writes what it shows. Nothing appears in the folder before all of it is done. */
export async function runLesson(request: LessonRequest): Promise<LessonOutcome> {
  const { lesson, runtime, seed, out, signal, onProgress } = request;
  const { id, title, citation } = lesson;
  const steps = lesson.run({ runtime, seed, ...(signal === undefined ? {} : { signal }) });
  const finding = await drain(steps, (progress) => {
    throwIfCancelled(signal);
    onProgress?.(progress);
  });
  const folder = new OutputFolder(out);
  const source = [`${title} · seed ${seed}`, citation];
  try {
    for (const result of finding.results) {
      if (result.type === 'heatmap')
        throw new LoupeError('internal', 'A lesson has no picture for a heat map.');
      for (const { file, content } of await resultFiles(result, { stem: id, source })) {
        await folder.add(file, content);
      }
    }
    const rows = finding.checks.map(({ claim, value, holds }) => [claim, value, holds ? 'yes' : 'no']);
    await folder.add(`${id}.checks.csv`, csv([['claim', 'value', 'holds'], ...rows]));
    return { finding, files: await folder.commit() };
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

/** @throws LoupeError mismatch, naming them, where checks of a lesson do not hold. */
export function requireChecks(id: string, seed: number, checks: readonly Check[]): void {
  const failed = checks
    .filter(({ holds }) => !holds)
    .map(({ claim, value }) => `${claim}, but it is ${value}`);
  if (failed.length === 0) return;
  throw new LoupeError(
    'mismatch',
    `Of the ${checks.length} checks of the lesson ${id} ${failed.length} did not hold with seed ${seed}. Expected ${failed.join('; ')}.`,
  );
}
