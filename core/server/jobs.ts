import { randomUUID } from 'node:crypto';
import { LoupeError, messageOf } from '../base/errors.ts';
import { sha256 } from '../base/files.ts';
import type { CallHooks, FinishedRun } from '../engine/process/messages.ts';
import type { JobEvent, JobInfo, JobRequest } from '../protocol/jobs.ts';
import type { BlobStore } from './blobs.ts';
import type { EventLog } from './events.ts';

/** Jobs that have ended and are still listed; their runs stay anyway. */
const keptJobs = 500;

/** What does the work of a job. */
export type Work = (hooks: CallHooks) => Promise<FinishedRun>;

interface Job {
  info: JobInfo;
  readonly work: Work;
  readonly controller: AbortController;
}

export interface NewJob {
  readonly title: string;
  readonly request?: JobRequest;
  /** The run that is repeated. */
  readonly repeats?: string;
  readonly work: Work;
}

/** Runs one job after another, and tells of each. */
export class JobQueue {
  readonly #events: EventLog;
  readonly #blobs: BlobStore;
  readonly #jobs = new Map<string, Job>();
  readonly #queue: Job[] = [];
  #running = false;

  constructor(events: EventLog, blobs: BlobStore) {
    this.#events = events;
    this.#blobs = blobs;
  }

  list(): JobInfo[] {
    return [...this.#jobs.values()].map(({ info }) => info);
  }

  add({ title, request, repeats, work }: NewJob): JobInfo {
    const info: JobInfo = {
      id: randomUUID(),
      kind: repeats === undefined ? 'run' : 'repeat',
      title,
      state: 'queued',
      ...(request === undefined ? {} : { request }),
      ...(repeats === undefined ? {} : { repeats }),
      queued: new Date().toISOString(),
      progress: { done: 0, total: 1, what: 'waiting' },
      cancelling: false,
    };
    const job: Job = { info, work, controller: new AbortController() };
    this.#jobs.set(info.id, job);
    this.#queue.push(job);
    this.#forgetOld();
    this.#tell('jobQueued', job, {});
    // Whoever asked is answered first.
    setImmediate(() => void this.#work());
    return job.info;
  }

  /** Asks a job to stop; one that has ended stays as it is. */
  cancel(id: string): JobInfo {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new LoupeError('notFound', `There is no job ${id.slice(0, 40)}.`);
    if (job.info.state === 'queued') {
      this.#queue.splice(this.#queue.indexOf(job), 1);
      this.#tell('jobCancelled', job, { state: 'cancelled', ended: new Date().toISOString() });
    } else if (job.info.state === 'running' && !job.info.cancelling) {
      this.#tell('jobCancelling', job, { cancelling: true });
      job.controller.abort();
    }
    return job.info;
  }

  async #work(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) {
      this.#tell('jobStarted', job, { state: 'running', started: new Date().toISOString() });
      await this.#run(job);
    }
    this.#running = false;
  }

  async #run(job: Job): Promise<void> {
    const hooks: CallHooks = {
      signal: job.controller.signal,
      onProgress: (progress, blobs) => {
        for (const { mediaType, content } of blobs)
          this.#blobs.addContent(sha256(content), content, mediaType);
        job.info = { ...job.info, progress };
        this.#events.emit({ kind: 'jobProgress', id: job.info.id, progress });
      },
    };
    try {
      const { info, comparison } = await job.work(hooks);
      const ended = new Date().toISOString();
      this.#tell('jobFinished', job, {
        state: 'finished',
        ended,
        progress: { done: 1, total: 1, what: 'finished' },
        run: info.id,
        ...(comparison === undefined ? {} : { comparison }),
      });
    } catch (error) {
      this.#stopped(job, error);
    }
  }

  #stopped(job: Job, error: unknown): void {
    const ended = new Date().toISOString();
    const code = error instanceof LoupeError ? error.code : 'internal';
    if (code === 'cancelled') this.#tell('jobCancelled', job, { state: 'cancelled', ended });
    else {
      const told = { code, message: messageOf(error) };
      this.#tell('jobFailed', job, { state: 'failed', ended, error: told });
    }
  }

  #tell(kind: Extract<JobEvent, { job: JobInfo }>['kind'], job: Job, change: Partial<JobInfo>): void {
    job.info = { ...job.info, ...change };
    this.#events.emit({ kind, job: job.info });
  }

  #forgetOld(): void {
    for (const [id, { info }] of this.#jobs) {
      if (this.#jobs.size <= keptJobs) return;
      if (info.state !== 'queued' && info.state !== 'running') this.#jobs.delete(id);
    }
  }
}
