import type { TrackedEnvelope } from '@trpc/server';
import type { PictureBlob } from '../protocol/resultView.ts';
import type {
  CommandLine,
  JobEvent,
  JobInfo,
  JobRequest,
  RunDetails,
  RunDifference,
  RunInfo,
} from '../protocol/jobs.ts';
import type {
  GraphView,
  ImageInfo,
  LayerInfo,
  Layout,
  ModelInfo,
  Prediction,
  SessionInfo,
} from '../protocol/workbench.ts';

/** What stands behind the router. All identities are checked: an unknown one is a LoupeError `notFound`. */
export interface Workbench {
  session(): Promise<SessionInfo>;
  /** A link with a fresh one-time token, relative to the page. */
  invite(): string;
  readonly models: {
    open(path: string): Promise<ModelInfo>;
    list(): Promise<ModelInfo[]>;
    graph(model: string): Promise<GraphView>;
    layers(model: string): Promise<LayerInfo[]>;
    forget(model: string): Promise<void>;
  };
  readonly images: {
    add(path: string): Promise<{ images: ImageInfo[]; refused: { path: string; message: string }[] }>;
    list(): Promise<ImageInfo[]>;
    fitted(model: string, image: string): Promise<PictureBlob>;
    remove(image: string): Promise<void>;
  };
  predict(model: string, image: string, top: number): Promise<Prediction>;
  readonly jobs: {
    start(request: JobRequest): Promise<JobInfo>;
    repeat(run: string): Promise<JobInfo>;
    list(): JobInfo[];
    cancel(job: string): JobInfo;
  };
  readonly runs: {
    list(): Promise<RunInfo[]>;
    get(run: string): Promise<RunDetails>;
    diff(left: string, right: string): Promise<RunDifference[]>;
    commandLine(run: string): Promise<CommandLine>;
    remove(run: string): Promise<void>;
  };
  readonly layouts: {
    list(): Promise<string[]>;
    load(name: string): Promise<Layout | null>;
    save(layout: Layout): Promise<void>;
  };
  /** From the event after `lastEventId`, or from now on; ends when `signal` aborts. */
  events(
    lastEventId: string | undefined,
    signal: AbortSignal | undefined,
  ): AsyncIterable<TrackedEnvelope<JobEvent>>;
}
