import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { hostname } from 'node:os';
import path from 'node:path';
import { LoupeError, messageOf } from '../base/errors.ts';
import { systemCodeOf } from '../base/files.ts';
import { openWorkbench } from './createWorkbench.ts';
import type { EngineHostOptions } from './engine/host.ts';
import { Access, isWildcard } from './http/access.ts';
import { createHandler } from './http/handler.ts';
import { serveSockets } from './http/sockets.ts';
import { type UploadLimits, usualLimits } from './http/upload.ts';

export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** The address to listen on. */
  readonly host: string;
  /** Names under which a proxy makes the server known. */
  readonly allowedHosts?: readonly string[];
  /** The workspace's folder. */
  readonly workspace: string;
  readonly engine: Omit<EngineHostOptions, 'onRestart'>;
  /** The built page; `dist/renderer` unless told. */
  readonly pageFolder?: string;
  readonly limits?: UploadLimits;
  /** Hears of a fresh link whenever one was used up. */
  readonly onLink?: (url: string) => void;
}

export interface Served {
  /** The full address with its token, good for one browser. */
  readonly url: string;
  readonly port: number;
  /** Process id of the engine. */
  readonly enginePid: () => number | undefined;
  close(): Promise<void>;
}

/** Opens the workspace and serves the workbench until it is closed. */
export async function serve(options: ServeOptions): Promise<Served> {
  const { host, port, allowedHosts, workspace, engine, limits = usualLimits, onLink } = options;
  let address = { port };
  const link = (): string => `http://${shownHost(host)}:${address.port}/?token=${access.invite()}`;
  const access = new Access(host, allowedHosts, () => onLink?.(link()));
  const open = await openWorkbench({
    home: workspace,
    engine,
    invite: () => `?token=${access.invite()}`,
  });
  const server = createServer({
    // A large model may take long through a tunnel.
    requestTimeout: 3_600_000,
  });
  const pageFolder = options.pageFolder ?? distFolder('renderer');
  server.on('request', createHandler({ access, open, pageFolder, limits }));
  server.on('clientError', (_error, stream) => stream.destroy());
  const sockets = serveSockets(server, access, open.workbench);
  try {
    address = await listen(server, port, host);
  } catch (error) {
    await open.close();
    throw error;
  }
  return {
    url: link(),
    port: address.port,
    enginePid: () => open.engine.pid,
    async close() {
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await open.close();
    },
  };
}

async function listen(
  server: ReturnType<typeof createServer>,
  port: number,
  host: string,
): Promise<{ port: number }> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(unlistenable(port, host, error)));
    server.listen(port, host, resolve);
  });
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? { port: bound.port } : { port };
}

function unlistenable(port: number, host: string, error: unknown): LoupeError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another program uses it; --port 0 takes a free one',
    EACCES: 'this user may not; take a port above 1023',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'there is no such host',
  };
  const why = reasons[systemCodeOf(error) ?? ''] ?? messageOf(error);
  return new LoupeError('badArgument', `Cannot listen on ${host}, port ${port}: ${why}.`, { cause: error });
}

/** An address that a browser can be given. */
function shownHost(host: string): string {
  if (isWildcard(host)) return hostname();
  return host.includes(':') ? `[${host}]` : host;
}

/** `dist/<name>` above this file: the same from the sources and from dist/. */
export function distFolder(name: string, from = import.meta.dirname): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (path.basename(folder) === 'dist') return path.join(folder, name);
    const below = path.join(folder, 'dist');
    if (existsSync(path.join(folder, 'package.json')) || path.dirname(folder) === folder)
      return path.join(below, name);
  }
}
