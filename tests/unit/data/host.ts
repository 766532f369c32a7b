import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { downloadSource } from '../../../core/data/download.ts';
import type { SourceFile } from '../../../core/data/sets/define.ts';

export const content = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251));

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on this machine for the tests of a file: what it does with a request, and what was asked of it. */
export const host = {
  address: '',
  handler: ((_, response) => response.writeHead(500).end()) as Handler,
  requests: [] as { url: string; range: string | undefined }[],
};

const root = mkdtempSync(join(tmpdir(), 'loupe-download-'));

/** A fresh folder, which goes after the tests. */
export const folder = (): string => mkdtempSync(join(root, 'to-'));

/** Starts and stops the server; call once in a test file. */
export function useHost(): void {
  const server = createServer((request, response) => {
    host.requests.push({ url: request.url ?? '', range: request.headers.range });
    host.handler(request, response);
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    host.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    host.requests = [];
  });
  afterAll(() => {
    server.close();
    rmSync(root, { recursive: true });
  });
}

/** Serves `content` with ranges; breaks the connection off after `limit` bytes. */
export const serve =
  (limit = Number.POSITIVE_INFINITY, bytes: Buffer = content): Handler =>
  (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (start >= bytes.length) {
      response.writeHead(416).end();
      return;
    }
    const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': bytes.length - start,
      ...(start > 0 ? range : {}),
    });
    const part = bytes.subarray(start, Math.min(bytes.length, start + limit));
    if (start + part.length === bytes.length) response.end(part);
    else response.write(part, () => setTimeout(() => response.destroy(), 30));
  };

export const fileOf = (more: Partial<SourceFile> = {}): SourceFile => ({
  name: 'data.bin',
  urls: [`${host.address}/data.bin`],
  bytes: content.length,
  checksum: { algorithm: 'sha256', value: createHash('sha256').update(content).digest('hex') },
  ...more,
});
/** Downloads one file. */
export const download = async (
  to: string,
  file: SourceFile,
  options: Parameters<typeof downloadSource>[2] = {},
) => downloadSource({ id: 'test', title: 'Test', files: [file] }, to, options);
