import { create } from 'zustand';
import type { JobEvent, JobInfo, RunInfo } from '../../core/protocol/jobs.ts';
import type { ImageInfo, ModelInfo, SessionInfo } from '../../core/protocol/workbench.ts';
import { type Connection, api, onConnection, onEvents, sentenceOf } from '../client.ts';

/** Something a person should know, until it is put away. */
export interface Notice {
  readonly id: number;
  readonly level: 'note' | 'warning' | 'error';
  readonly sentence: string;
}

/** What the server holds, as far as this page has heard. */
interface ServerState {
  readonly connection: Connection;
  readonly session: SessionInfo | undefined;
  readonly models: readonly ModelInfo[];
  readonly images: readonly ImageInfo[];
  readonly runs: readonly RunInfo[];
  /** The newest last. */
  readonly jobs: readonly JobInfo[];
  readonly notices: readonly Notice[];
  /** Whether the lists were read at least once. */
  readonly ready: boolean;
}

export const useServer = create<ServerState>(() => ({
  connection: 'connecting',
  session: undefined,
  models: [],
  images: [],
  runs: [],
  jobs: [],
  notices: [],
  ready: false,
}));

const set = useServer.setState;

let noticeCount = 0;
const longestNotices = 5;

export function notify(level: Notice['level'], sentence: string): void {
  const { notices } = useServer.getState();
  if (notices.some((notice) => notice.sentence === sentence)) return;
  noticeCount += 1;
  set({ notices: [...notices, { id: noticeCount, level, sentence }].slice(-longestNotices) });
}

export function dismiss(id: number): void {
  set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** Runs what a person asked for; a refusal becomes a notice. */
export function attempt(action: () => Promise<unknown>): void {
  action().catch((error: unknown) => notify('error', sentenceOf(error)));
}

export const isActive = ({ state }: JobInfo): boolean => state === 'queued' || state === 'running';

const endListeners = new Set<(job: JobInfo) => void>();

/** Hears of every job that ends from now on. */
export function onJobEnd(listener: (job: JobInfo) => void): () => void {
  endListeners.add(listener);
  return () => endListeners.delete(listener);
}

/** Reads everything and keeps it up to date; returns what stops it. */
export function connect(): () => void {
  const stopConnection = onConnection((connection) => set({ connection }));
  const stopEvents = onEvents(hear, (sentence) => notify('error', sentence));
  attempt(readAll);
  return () => {
    stopConnection();
    stopEvents();
  };
}

async function readAll(): Promise<void> {
  const session = await api.session.info();
  set({ session, connection: 'open' });
  session.messages.forEach((sentence) => notify('warning', sentence));
  await Promise.all([readModels(), readImages(), readRuns(), readJobs()]);
  set({ ready: true });
}

const readModels = async (): Promise<void> => set({ models: await api.models.list() });
const readImages = async (): Promise<void> => set({ images: await api.images.list() });
const readRuns = async (): Promise<void> => set({ runs: await api.runs.list() });
const readJobs = async (): Promise<void> => set({ jobs: await api.jobs.list() });

function hear(event: JobEvent): void {
  switch (event.kind) {
    case 'jobQueued':
    case 'jobStarted':
    case 'jobCancelling':
      putJob(event.job);
      return;
    case 'jobFinished':
    case 'jobFailed':
    case 'jobCancelled':
      putJob(event.job);
      if (event.job.error !== undefined) notify('error', event.job.error.message);
      endListeners.forEach((listener) => listener(event.job));
      return;
    case 'jobProgress':
      set(({ jobs }) => ({
        jobs: jobs.map((job) => (job.id === event.id ? { ...job, progress: event.progress } : job)),
      }));
      return;
    case 'engineRestarted':
      notify('warning', event.reason);
      return;
    case 'modelsChanged':
      attempt(readModels);
      return;
    case 'imagesChanged':
      attempt(readImages);
      return;
    case 'runsChanged':
      attempt(readRuns);
      return;
    case 'layoutsChanged':
      return;
    case 'message':
      notify(event.level, event.sentence);
      return;
    case 'missed':
      attempt(readAll);
  }
}

/** Adds a job or brings it up to date. */
function putJob(job: JobInfo): void {
  set(({ jobs }) => ({
    jobs: jobs.some(({ id }) => id === job.id)
      ? jobs.map((known) => (known.id === job.id ? job : known))
      : [...jobs, job],
  }));
}

/** Adds a job that an answer brought, unless events have told of it already; returns what is known of it now. */
export function addJob(job: JobInfo): JobInfo {
  const known = useServer.getState().jobs.find(({ id }) => id === job.id);
  if (known === undefined) putJob(job);
  return known ?? job;
}

/** Adds what an answer brought, before the server's own event arrives. */
export function putModel(model: ModelInfo): void {
  set(({ models }) => ({ models: [...models.filter(({ id }) => id !== model.id), model] }));
}

export function putImages(added: readonly ImageInfo[]): void {
  const ids = new Set(added.map(({ id }) => id));
  set(({ images }) => ({ images: [...images.filter(({ id }) => !ids.has(id)), ...added] }));
}
