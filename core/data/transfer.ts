import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { type IncomingMessage, get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { LoupeError } from '../base/errors.ts';

/** Redirections followed before a server is believed to run in circles. */
const greatestHops = 5;

/** Silence of a server after which a connection counts as broken. */
const idleMilliseconds = 60_000;

export interface TransferOptions {
  /** Of the whole file; a server that sends more is stopped. */
  readonly bytes: number;
  readonly onBytes: (done: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Appends to `path` what is missing of the file at `url` (HTTP Range); starts over where the server cannot resume. Bytes are kept as they
 * were sent, never unpacked. After an error the file holds what has come so far.
 *
 * @throws LoupeError notFound where the server answers with an error; the system's errors of network and disk.
 */
export async function transfer(url: string, path: string, options: TransferOptions): Promise<void> {
  const present = await sizeOf(path);
  if (present >= options.bytes) return;
  const headers = present > 0 ? { range: `bytes=${present}-` } : {};
  const response = await open(new URL(url), headers, options.signal, greatestHops);
  const isResumed = response.statusCode === 206 && startOf(response) === present;
  // A server without ranges answers 200 with everything.
  if (!isResumed && response.statusCode !== 200) {
    response.destroy();
    const { statusCode, statusMessage } = response;
    // 416: what is there is longer than the server's file, hence of another one.
    if (statusCode === 416) await rm(path, { force: true });
    throw new LoupeError('notFound', `${url} answered ${statusCode ?? ''} ${statusMessage ?? ''}.`);
  }
  let done = isResumed ? present : 0;
  await pipeline(
    response,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        done += chunk.length;
        if (done > options.bytes) {
          throw new LoupeError('badFile', `${url} sends more than the ${options.bytes} bytes of the file.`);
        }
        options.onBytes(done);
        yield chunk;
      }
    },
    createWriteStream(path, { flags: isResumed ? 'a' : 'w' }),
    ...(options.signal === undefined ? [] : [{ signal: options.signal }]),
  );
}

export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** `bytes 100-199/200` → 100. */
function startOf({ headers }: IncomingMessage): number | undefined {
  const start = /^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1];
  return start === undefined ? undefined : Number(start);
}

/** The answer after all redirections. */
async function open(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
  hops: number,
): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const get = url.protocol === 'https:' ? getSecure : getPlain;
    const request = get(
      url,
      { headers, timeout: idleMilliseconds, ...(signal === undefined ? {} : { signal }) },
      resolve,
    );
    request.on('error', reject);
    request.on('timeout', () => {
      request.destroy(Object.assign(new Error('the server fell silent'), { code: 'ETIMEDOUT' }));
    });
  });
  const { location } = response.headers;
  const isRedirection = [301, 302, 303, 307, 308].includes(response.statusCode ?? 0);
  if (!isRedirection || location === undefined) return response;
  response.resume();
  if (hops === 0) throw new LoupeError('notFound', `${url.href} redirects in circles.`);
  return open(new URL(location, url), headers, signal, hops - 1);
}
