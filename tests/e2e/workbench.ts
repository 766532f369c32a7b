import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { WebSocket } from 'ws';
import type { JobEvent, JobInfo, JobRequestInput } from '../../core/protocol/jobs.ts';
import type { AppRouter } from '../../core/server/router.ts';
import { root } from './loupe.ts';

/** A server in a process of its own, as `loupe serve` starts it, and a page's view of it. */
export class ServedWorkbench {
  readonly #process: ChildProcess;
  /** The printed address, its token not yet used. */
  readonly link: URL;

  private constructor(child: ChildProcess, link: URL) {
    this.#process = child;
    this.link = link;
  }

  static async start(workspace: string, ...flags: readonly string[]): Promise<ServedWorkbench> {
    const args = ['serve', '--no-open', '--port', '0', '--workspace', workspace, ...flags];
    const child = spawn(process.execPath, [join(root, 'bin/loupe.js'), ...args], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const line = await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      child.once('close', (code) => reject(new Error(`loupe serve ended with ${code ?? 'a signal'}.`)));
    });
    return new ServedWorkbench(child, new URL(line));
  }

  get origin(): string {
    return this.link.origin;
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Follows the link as a browser does. */
  async enter(link = this.link): Promise<Page> {
    const response = await fetch(link, { redirect: 'manual' });
    const cookie = response.headers.get('set-cookie')?.split(';')[0];
    if (response.status !== 303 || cookie === undefined)
      throw new Error(`The link was refused: ${response.status} ${await response.text()}`);
    return new Page(this.origin, cookie);
  }

  /** Closes its standard input, as the end of a parent does. */
  endInput(): void {
    this.#process.stdin?.end();
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.running) return;
    const closed = once(this.#process, 'close');
    this.#process.kill(signal);
    await closed;
  }
}

/** What a page with a cookie does. */
export class Page {
  readonly origin: string;
  readonly cookie: string;
  readonly #sockets: ReturnType<typeof createWSClient>[] = [];
  #socket: WebSocket | undefined;

  constructor(origin: string, cookie: string) {
    this.origin = origin;
    this.cookie = cookie;
  }

  get headers(): Record<string, string> {
    return { Cookie: this.cookie, Origin: this.origin };
  }

  /** A typed client on a socket of its own, which comes back when it is lost. */
  client() {
    const { headers } = this;
    const keep = (socket: WebSocket): void => {
      this.#socket = socket;
    };
    class PageSocket extends WebSocket {
      constructor(url: string | URL) {
        super(url, { headers });
        keep(this);
      }
    }
    const socket = createWSClient({
      url: this.socketUrl,
      WebSocket: PageSocket as unknown as typeof globalThis.WebSocket,
      retryDelayMs: () => 50,
    });
    this.#sockets.push(socket);
    return createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] });
  }

  get socketUrl(): string {
    return `${this.origin.replace('http', 'ws')}/rpc`;
  }

  /** Cuts the last socket, as a sleeping laptop does. */
  cut(): void {
    this.#socket?.terminate();
  }

  fetch(path: string, options: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, `${this.origin}/`), {
      redirect: 'manual',
      ...options,
      headers: { ...this.headers, ...(options.headers as Record<string, string> | undefined) },
    });
  }

  upload(name: string, body: NonNullable<RequestInit['body']>): Promise<Response> {
    return this.fetch(`upload?name=${encodeURIComponent(name)}`, { method: 'PUT', body });
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.splice(0).map((socket) => socket.close()));
  }
}

export type Client = ReturnType<Page['client']>;

/** Collects events; `until` waits for the first one that a test looks for. */
export class EventListener {
  readonly events: JobEvent[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #subscription: { unsubscribe: () => void };

  constructor(client: Client) {
    this.#subscription = client.events.subscribe(
      {},
      {
        onData: ({ data }) => {
          this.events.push(data);
          for (const wake of this.#waiting) wake();
        },
      },
    );
  }

  async until<T extends JobEvent>(wanted: (event: JobEvent) => event is T): Promise<T>;
  async until(wanted: (event: JobEvent) => boolean): Promise<JobEvent>;
  async until(wanted: (event: JobEvent) => boolean): Promise<JobEvent> {
    for (;;) {
      const found = this.events.find(wanted);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  /** The job when it has ended, however. */
  async ended(id: string): Promise<JobInfo> {
    const event = await this.until(
      (each): each is Extract<JobEvent, { job: JobInfo }> =>
        'job' in each && each.job.id === id && each.job.ended !== undefined,
    );
    return event.job;
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}

/** A request of one method. */
export const requestFor = (
  command: JobRequestInput['command'],
  id: string,
  params: Record<string, unknown>,
  rest: Pick<JobRequestInput, 'model' | 'images'>,
): JobRequestInput => ({ command, methods: [{ id, params }], ...rest });
