import { afterAll, describe, expect, it } from 'vitest';
import { resultFiles } from '../../core/engine/save/resultFiles.ts';
import type { Lesson, LessonFinding } from '../../core/lessons/define.ts';
import { lessonOf, lessons } from '../../core/lessons/registry.ts';
import { drain } from '../../core/method/context.ts';
import type { Progress, Result } from '../../core/protocol/results.ts';
import { Runtime } from '../../core/runtime/runtime.ts';

const runtimes: Runtime[] = [];
afterAll(async () => {
  for (const runtime of runtimes) await runtime.dispose();
});

/** A lesson on a runtime of its own, with everything that it told. */
async function learn(lesson: Lesson, seed = 0): Promise<LessonFinding & { told: Progress[] }> {
  const runtime = new Runtime();
  runtimes.push(runtime);
  const told: Progress[] = [];
  const finding = await drain(lesson.run({ runtime, seed }), (progress) => told.push(progress));
  return { ...finding, told };
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

/** The files of a result, which must not be a heat map. */
async function filesOf(result: Result, stem: string) {
  if (result.type === 'heatmap') throw new Error('A lesson has no picture for a heat map.');
  return resultFiles(result, { stem, source: ['a test'] });
}

/** Every number that a curve draws. */
const drawnNumbers = (results: readonly Result[]): number[] =>
  results.flatMap((result) => (result.type === 'curve' ? result.series.flatMap(({ y }) => [...y]) : []));

describe('every lesson', () => {
  it.each([...lessons.values()])(
    'shows what it claims, in numbers and pictures: $id',
    { timeout: 60_000 },
    async (lesson) => {
      const { results, checks, told } = await learn(lesson);
      expect(checks.length).toBeGreaterThan(0);
      expect(checks.filter(({ holds, value }) => !holds || !Number.isFinite(value))).toEqual([]);
      const files = (await Promise.all(results.map(async (result) => filesOf(result, lesson.id)))).flat();
      const pictures = files.flatMap(({ file, content }) =>
        file.endsWith('.png') && typeof content !== 'string' ? [content] : [],
      );
      expect(pictures.length).toBeGreaterThan(0);
      for (const picture of pictures) expect(picture.subarray(0, 4)).toEqual(pngSignature);
      expect(drawnNumbers(results).filter((value) => !Number.isFinite(value))).toEqual([]);
      expect(new Set(files.map(({ file }) => file)).size).toBe(files.length);
      for (const { done, total } of told) expect(done).toBeLessThanOrEqual(total);
    },
  );

  it.each(['xnorNetwork', 'learningRateDecay'])(
    'is repeated by its seed, and by no other: %s',
    { timeout: 60_000 },
    async (id) => {
      const [first, again, other] = [
        await learn(lessonOf(id), 3),
        await learn(lessonOf(id), 3),
        await learn(lessonOf(id), 4),
      ];
      expect(again).toEqual(first);
      expect(other.results).not.toEqual(first.results);
    },
  );

  it('stops when somebody cancels', async () => {
    const runtime = new Runtime();
    runtimes.push(runtime);
    const lesson = lessonOf('regression');
    const controller = new AbortController();
    const steps = lesson.run({ runtime, seed: 0, signal: controller.signal });
    await steps.next();
    controller.abort();
    await expect(drain(steps)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
