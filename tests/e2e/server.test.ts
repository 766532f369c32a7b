import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeNpy } from '../../core/base/npy.ts';
import { floatsOf } from '../../core/base/tensor.ts';
import type { JobEvent } from '../../core/protocol/jobs.ts';
import { uploadAnswerSchema } from '../../core/protocol/workbench.ts';
import { removeFolders, root, samples, shapes, temporaryFolder } from './loupe.ts';
import { type Client, EventListener, type Page, ServedWorkbench, requestFor } from './workbench.ts';

const workspace = temporaryFolder();
let server: ServedWorkbench;
let page: Page;
let client: Client;
let events: EventListener;
let model = '';
let image = '';

beforeAll(async () => {
  server = await ServedWorkbench.start(workspace);
  page = await server.enter();
  client = page.client();
  events = new EventListener(client);
  model = (await client.models.open.mutate({ path: join(root, shapes) })).id;
  const added = await client.images.add.mutate({ path: join(root, samples[0] ?? '') });
  image = added.images[0]?.id ?? '';
});

afterEach(() => {
  if (!server.running) throw new Error('The server has ended.');
});

afterAll(async () => {
  events.stop();
  await page.close();
  await server.stop();
  removeFolders();
});

const longJob = () => requestFor('explain', 'rise', { samples: 100_000 }, { model, images: [{ image }] });

const isProgressOf = (id: string) => (event: JobEvent) =>
  event.kind === 'jobProgress' && event.id === id && event.progress.done > 0;

describe('the jobs of loupe serve', () => {
  it('runs a job, tells how far it is, and serves what came out as numbers and pictures', async () => {
    const job = await client.jobs.start.mutate(
      requestFor('explain', 'smoothGrad', { samples: 20 }, { model, images: [{ image }] }),
    );
    expect(job.state).toBe('queued');
    const ended = await events.ended(job.id);
    expect(ended).toMatchObject({ state: 'finished' });
    const kinds = events.events
      .filter((event) => JSON.stringify(event).includes(job.id))
      .map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(['jobQueued', 'jobStarted', 'jobProgress']);
    const { subjects, files } = await client.runs.get.query({ run: ended.run ?? '' });
    const [result] = subjects[0]?.results ?? [];
    if (result?.type !== 'heatmap') throw new Error('Expected a heat map.');
    const bytes = new Uint8Array(await (await page.fetch(result.map.url)).arrayBuffer());
    const map = decodeNpy(bytes, 'map');
    expect(map.dims).toEqual(result.map.dims);
    expect(Math.max(...floatsOf(map))).toBe(result.map.max);
    const input = await page.fetch(subjects[0]?.input?.url ?? '');
    expect(input.headers.get('content-type')).toBe('image/png');
    expect(input.headers.get('cache-control')).toContain('immutable');
    const archive = await page.fetch(`run/${ended.run ?? ''}.zip`);
    expect((await archive.arrayBuffer()).byteLength).toBeGreaterThan(
      files.reduce((sum, { byteLength }) => sum + byteLength, 0),
    );
  });

  it('cancels a long job within about two seconds, and predicts while it runs', async () => {
    const job = await client.jobs.start.mutate(longJob());
    const waiting = await client.jobs.start.mutate(longJob());
    const shown = await events.until(
      (event): event is Extract<JobEvent, { kind: 'jobProgress' }> =>
        event.kind === 'jobProgress' && event.id === job.id && event.progress.preview?.type === 'heatmap',
    );
    const preview = shown.progress.preview;
    if (preview?.type !== 'heatmap') throw new Error('Expected a heat map.');
    const soFar = decodeNpy(
      new Uint8Array(await (await page.fetch(preview.map.url)).arrayBuffer()),
      'preview',
    );
    expect(soFar.dims).toEqual([96, 96]);
    const { top } = await client.predict.query({ model, image, top: 3 });
    expect(top).toHaveLength(3);
    expect((await client.jobs.cancel.mutate({ job: waiting.id })).state).toBe('cancelled');
    const asked = performance.now();
    expect((await client.jobs.cancel.mutate({ job: job.id })).cancelling).toBe(true);
    expect((await events.ended(job.id)).state).toBe('cancelled');
    expect(performance.now() - asked).toBeLessThan(4000);
    expect(readdirSync(join(workspace, 'runs')).filter((name) => name.startsWith('.new'))).toEqual([]);
  });

  it('says in a sentence that the engine was killed, and does the next job', async () => {
    const job = await client.jobs.start.mutate(longJob());
    const next = await client.jobs.start.mutate(
      requestFor('explain', 'gradient', {}, { model, images: [{ image }] }),
    );
    await events.until(isProgressOf(job.id));
    process.kill(engineOf(server.pid), 'SIGKILL');
    const failed = await events.ended(job.id);
    expect(failed.state).toBe('failed');
    expect(failed.error?.message).toBe(
      'The engine ended in the middle of this: it was killed from outside, as systems do with a program that takes too much memory. It was started again.',
    );
    await events.until(({ kind }) => kind === 'engineRestarted');
    expect((await events.ended(next.id)).state).toBe('finished');
  });

  it('goes on with the events where a lost socket left off', async () => {
    const job = await client.jobs.start.mutate(longJob());
    await events.until(isProgressOf(job.id));
    page.cut();
    const other = page.client();
    await other.jobs.cancel.mutate({ job: job.id });
    expect((await events.ended(job.id)).state).toBe('cancelled');
    const progress = events.events.flatMap((event) =>
      event.kind === 'jobProgress' && event.id === job.id ? [event.progress.done] : [],
    );
    expect(progress).toEqual([...new Set(progress)].sort((a, b) => a - b));
  });
});

describe('the workspace of loupe serve', () => {
  it('repeats a run with the same bytes, compares runs and writes the command line', async () => {
    const start = async (params: Record<string, unknown>) => {
      const request = requestFor('explain', 'gradCam', params, { model, images: [{ image }] });
      return (await events.ended((await client.jobs.start.mutate(request)).id)).run ?? '';
    };
    const run = await start({});
    const again = await events.ended((await client.runs.repeat.mutate({ run })).id);
    expect(again.comparison?.changed).toEqual([]);
    expect(again.comparison?.identical.length).toBeGreaterThan(3);
    expect(again.run).toBe(run);
    const other = await start({ layer: 'stem/stem.2/Relu' });
    const differences = await client.runs.diff.query({ left: run, right: other });
    expect(differences.map(({ what }) => what)).toContain('methods.gradCam.layer');
    const { command } = await client.runs.commandLine.query({ run: other });
    expect(command).toContain('--method gradCam --layer stem/stem.2/Relu');
  });

  it('opens a workspace as it was, and sets a damaged file aside with a sentence', async () => {
    await client.layouts.save.mutate({ name: 'Explain', content: { panels: [1, 2] } });
    const runs = await client.runs.list.query();
    const [broken] = runs;
    writeFileSync(join(workspace, 'runs', broken?.id ?? '', 'run.json'), '{"schema": "loupe-');
    const second = await ServedWorkbench.start(workspace);
    try {
      const otherPage = await second.enter();
      const other = otherPage.client();
      expect((await other.models.list.query()).map(({ id }) => id)).toEqual([model]);
      expect((await other.images.list.query()).map(({ id }) => id)).toEqual([image]);
      expect(await other.layouts.load.query({ name: 'Explain' })).toMatchObject({
        content: { panels: [1, 2] },
      });
      expect((await other.runs.list.query()).map(({ id }) => id)).toEqual(runs.slice(1).map(({ id }) => id));
      const { messages } = await other.session.info.query();
      expect(messages).toHaveLength(1);
      expect(messages[0]).toContain('is damaged');
      expect(readdirSync(join(workspace, 'damaged'))).toHaveLength(1);
      // Both work in it at once; what one adds the other lists.
      const upload = await otherPage.upload('second.png', readFileSync(join(root, samples[1] ?? '')));
      const added = uploadAnswerSchema.parse(await upload.json());
      const listed = await client.images.list.query();
      expect(listed.map(({ id }) => id)).toContain(added.kind === 'image' ? added.image.id : '');
      await otherPage.close();
    } finally {
      await second.stop();
    }
  });

  it('ends its engine when it is killed itself, and itself when its parent ends', async () => {
    const child = await ServedWorkbench.start(temporaryFolder(), '--with-parent');
    const engine = engineOf(child.pid);
    child.endInput();
    await expect.poll(() => child.running || existsSync(`/proc/${engine}`), { timeout: 10_000 }).toBe(false);
    const killed = await ServedWorkbench.start(temporaryFolder());
    const orphan = engineOf(killed.pid);
    await killed.stop('SIGKILL');
    await expect.poll(() => existsSync(`/proc/${orphan}`), { timeout: 10_000 }).toBe(false);
  });
});

/** The process id of the engine of a server. */
function engineOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return Number(children[0]);
}
