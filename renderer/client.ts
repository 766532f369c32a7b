import { createTRPCUntypedClient, createWSClient, wsLink } from '@trpc/client';
import { z } from 'zod';
import { messageOf } from '../core/base/errors.ts';
import { type PictureBlob, pictureSchema } from '../core/protocol/resultView.ts';
import * as jobs from '../core/protocol/jobs.ts';
import * as workbench from '../core/protocol/workbench.ts';

/** Whether the socket to the server is open. */
export type Connection = 'connecting' | 'open' | 'lost';

/** Longest pause between two attempts to reach a server that is gone. */
const longestPauseMs = 4000;

const listeners = new Set<(connection: Connection) => void>();
const tell = (connection: Connection): void => listeners.forEach((listener) => listener(connection));

// Relative to the page, so that it works behind a tunnel or a prefix; the cookie travels with the upgrade.
const socketUrl = new URL('rpc', document.baseURI);
socketUrl.protocol = socketUrl.protocol === 'https:' ? 'wss:' : 'ws:';
socketUrl.search = '';
socketUrl.hash = '';

const socket = createWSClient({
  url: socketUrl.href,
  retryDelayMs: (attempt) => Math.min(longestPauseMs, 250 * 2 ** attempt),
  keepAlive: { enabled: true, intervalMs: 15_000, pongTimeoutMs: 10_000 },
  onOpen: () => tell('open'),
  onClose: () => tell('lost'),
});

const client = createTRPCUntypedClient({ links: [wsLink({ client: socket })] });

/** Hears of the connection from now on; returns what stops it. */
export function onConnection(listener: (connection: Connection) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The sentence of anything that went wrong, for a person. */
export function sentenceOf(error: unknown): string {
  if (error instanceof z.ZodError)
    return 'The server answered something that this page does not understand. Reload the page.';
  return messageOf(error);
}

/** A question or an order to the server, and what its answer must look like. */
type Call<Input, Output> = (input: Input) => Promise<Output>;

const query =
  <Output>(path: string, output: z.ZodType<Output>): Call<unknown, Output> =>
  async (input) =>
    output.parse(await client.query(path, input));

const mutation =
  <Output>(path: string, output: z.ZodType<Output>): Call<unknown, Output> =>
  async (input) =>
    output.parse(await client.mutation(path, input));

const nothing = z.unknown();

/** What the page asks the server for. A test compares it with the server's router. */
export interface Api {
  readonly session: {
    readonly info: Call<void, workbench.SessionInfo>;
    readonly invite: Call<void, string>;
  };
  readonly models: {
    readonly open: Call<{ path: string }, workbench.ModelInfo>;
    readonly list: Call<void, workbench.ModelInfo[]>;
    readonly graph: Call<{ model: string }, workbench.GraphView>;
    readonly layers: Call<{ model: string }, workbench.LayerInfo[]>;
    readonly forget: Call<{ model: string }, unknown>;
  };
  readonly images: {
    readonly add: Call<{ path: string }, z.output<typeof workbench.addedImagesSchema>>;
    readonly list: Call<void, workbench.ImageInfo[]>;
    readonly fitted: Call<{ model: string; image: string }, PictureBlob>;
    readonly remove: Call<{ image: string }, unknown>;
  };
  readonly predict: Call<{ model: string; image: string; top?: number }, workbench.Prediction>;
  readonly jobs: {
    readonly start: Call<jobs.JobRequestInput, jobs.JobInfo>;
    readonly list: Call<void, jobs.JobInfo[]>;
    readonly cancel: Call<{ job: string }, jobs.JobInfo>;
  };
  readonly runs: {
    readonly list: Call<void, jobs.RunInfo[]>;
    readonly get: Call<{ run: string }, jobs.RunDetails>;
    readonly repeat: Call<{ run: string }, jobs.JobInfo>;
    readonly diff: Call<{ left: string; right: string }, jobs.RunDifference[]>;
    readonly commandLine: Call<{ run: string }, jobs.CommandLine>;
    readonly remove: Call<{ run: string }, unknown>;
  };
  readonly layouts: {
    readonly load: Call<{ name: string }, workbench.Layout | null>;
    readonly save: Call<workbench.Layout, unknown>;
  };
}

/** The server's answers, checked; errors are sentences. */
export const api: Api = {
  session: {
    info: query('session.info', workbench.sessionInfoSchema),
    invite: mutation('session.invite', z.string()),
  },
  models: {
    open: mutation('models.open', workbench.modelInfoSchema),
    list: query('models.list', z.array(workbench.modelInfoSchema)),
    graph: query('models.graph', workbench.graphViewSchema),
    layers: query('models.layers', z.array(workbench.layerInfoSchema)),
    forget: mutation('models.forget', nothing),
  },
  images: {
    add: mutation('images.add', workbench.addedImagesSchema),
    list: query('images.list', z.array(workbench.imageInfoSchema)),
    fitted: query('images.fitted', pictureSchema),
    remove: mutation('images.remove', nothing),
  },
  predict: query('predict', workbench.predictionSchema),
  jobs: {
    start: mutation('jobs.start', jobs.jobInfoSchema),
    list: query('jobs.list', z.array(jobs.jobInfoSchema)),
    cancel: mutation('jobs.cancel', jobs.jobInfoSchema),
  },
  runs: {
    list: query('runs.list', z.array(jobs.runInfoSchema)),
    get: query('runs.get', jobs.runDetailsSchema),
    repeat: mutation('runs.repeat', jobs.jobInfoSchema),
    diff: query('runs.diff', z.array(jobs.differenceSchema)),
    commandLine: query('runs.commandLine', jobs.commandLineSchema),
    remove: mutation('runs.remove', nothing),
  },
  layouts: {
    load: query('layouts.load', workbench.layoutSchema.nullable()),
    save: mutation('layouts.save', nothing),
  },
};

const trackedEvent = z.object({ data: jobs.jobEventSchema });

/**
 * Hears of everything that happens on the server. After a lost socket the link asks again from the last event it has seen;
 * `onError` hears of a refusal.
 */
export function onEvents(
  listener: (event: jobs.JobEvent) => void,
  onError: (sentence: string) => void,
): () => void {
  const subscription = client.subscription(
    'events',
    {},
    {
      onData: (message) => listener(trackedEvent.parse(message).data),
      onError: (error) => onError(sentenceOf(error)),
    },
  );
  return () => subscription.unsubscribe();
}

/** Sends a picture or an ONNX model to the server. */
export async function upload(file: File): Promise<workbench.UploadAnswer> {
  const response = await fetch(`upload?name=${encodeURIComponent(file.name)}`, { method: 'PUT', body: file });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok)
    throw new Error(refusalSentence(answer, `${file.name} could not be sent`, response.status));
  return workbench.uploadAnswerSchema.parse(answer);
}

/** The bytes of a blob; `url` is relative to the page. */
export async function fetchBytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) {
    const answer: unknown = await response.json().catch(() => undefined);
    throw new Error(refusalSentence(answer, 'These bytes could not be read', response.status));
  }
  return new Uint8Array(await response.arrayBuffer());
}

function refusalSentence(answer: unknown, otherwise: string, status: number): string {
  const refusal = jobs.refusalSchema.safeParse(answer);
  return refusal.success ? refusal.data.message : `${otherwise}: the server answered ${status}.`;
}
