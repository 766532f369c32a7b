import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { SessionInfo } from '../protocol/workbench.ts';
import { unwritable } from '../base/files.ts';
import { BlobStore } from './blobs.ts';
import { EngineHost, type EngineHostOptions } from './engine/host.ts';
import { EventLog } from './events.ts';
import { JobWork } from './jobWork.ts';
import { JobQueue } from './jobs.ts';
import type { Workbench } from './workbench.ts';
import { WorkspaceImages } from './workspace/images.ts';
import { WorkspaceLayouts } from './workspace/layouts.ts';
import { WorkspaceModels } from './workspace/models.ts';
import type { Parts } from './workspace/parts.ts';
import { WorkspaceRuns } from './workspace/runs.ts';

export interface WorkbenchOptions {
  /** The workspace's folder; made where there is none. */
  readonly home: string;
  readonly engine: Omit<EngineHostOptions, 'onRestart'>;
  /** Makes a link with a fresh token. */
  readonly invite: () => string;
}

/** A workbench and what the HTTP side needs of it. */
export interface OpenWorkbench {
  readonly workbench: Workbench;
  readonly blobs: BlobStore;
  readonly models: WorkspaceModels;
  readonly images: WorkspaceImages;
  readonly runs: WorkspaceRuns;
  readonly engine: EngineHost;
  close(): Promise<void>;
}

/** Opens a workspace and starts its engine. */
export async function openWorkbench({
  home,
  engine: options,
  invite,
}: WorkbenchOptions): Promise<OpenWorkbench> {
  const folder = path.resolve(home);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw unwritable(folder, 'workspace', error);
  });
  const events = new EventLog();
  const blobs = new BlobStore();
  const messages: string[] = [];
  const warn = (sentence: string): void => {
    messages.push(sentence);
    events.emit({ kind: 'message', level: 'warning', sentence });
  };
  const onRestart = (reason: string): void => events.emit({ kind: 'engineRestarted', reason });
  const engine = new EngineHost({ ...options, onRestart });
  const parts: Parts = { home: folder, engine, blobs, events, warn };
  const models = new WorkspaceModels(parts);
  const images = new WorkspaceImages(parts, models);
  const runs = new WorkspaceRuns(parts);
  const layouts = new WorkspaceLayouts(parts);
  const queue = new JobQueue(events, blobs);
  const work = new JobWork(parts, { models, images, runs });
  // What lies there is read now: the page's first questions are answered at once, and old blobs by their hashes.
  await Promise.all([models, images, runs].map((part) => part.tidy()));
  await Promise.all([models.list(), images.list(), runs.list()]);
  const description = new Description(engine);
  const workbench: Workbench = {
    session: async () => ({ ...(await description.get()), workspace: folder, messages: [...messages] }),
    invite,
    models,
    images,
    async predict(model, image, top) {
      const reference = await models.reference(model);
      const file = await images.fileOf(image);
      const found = await engine.call('predict', { model: reference, image: file, top });
      return { model, image, ...found };
    },
    jobs: {
      async start(request) {
        return queue.add({ ...(await work.prepare(request)), request });
      },
      async repeat(run) {
        return queue.add({ ...(await work.prepareAgain(run)), repeats: run });
      },
      list: () => queue.list(),
      cancel: (job) => queue.cancel(job),
    },
    runs,
    layouts,
    events: (lastEventId, signal) => events.follow(lastEventId, signal),
  };
  return { workbench, blobs, models, images, runs, engine, close: () => engine.close() };
}

/** What the engine says of itself, asked once. */
class Description {
  readonly #engine: EngineHost;
  #asked: Promise<Omit<SessionInfo, 'workspace' | 'messages'>> | undefined;

  constructor(engine: EngineHost) {
    this.#engine = engine;
    this.get().catch(() => undefined);
  }

  get(): Promise<Omit<SessionInfo, 'workspace' | 'messages'>> {
    this.#asked ??= this.#engine.call('describe', undefined).catch((error: unknown) => {
      this.#asked = undefined;
      throw error;
    });
    return this.#asked;
  }
}
