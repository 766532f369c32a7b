import { createReadStream } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LoupeError } from '../../base/errors.ts';
import type { StoredBlob } from '../blobs.ts';
import { answerSentence } from './answers.ts';

const pageTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

const forever = 'private, max-age=31536000, immutable';

/** A file of the built page. Nothing outside its folder is ever opened, whatever the path says. */
export async function answerPageFile(
  request: IncomingMessage,
  response: ServerResponse,
  { root, pathname }: { readonly root: string; readonly pathname: string },
): Promise<void> {
  const name = pathname === '/' ? 'index.html' : decoded(pathname).slice(1);
  const file = path.resolve(root, name);
  const home = await realpath(root).catch(() => undefined);
  if (home === undefined && pathname === '/') {
    answerSentence(
      response,
      503,
      'The page has not been built. Run "npm run build" in Loupe’s folder and reload.',
    );
    return;
  }
  const real = await realpath(file).catch(() => undefined);
  const mediaType = pageTypes[path.extname(file)];
  if (
    home === undefined ||
    real === undefined ||
    !real.startsWith(home + path.sep) ||
    mediaType === undefined
  )
    throw new LoupeError('notFound', `There is no ${pathname.slice(0, 200)} here.`);
  // The bundler puts a hash into the names below assets/.
  const cached = name.startsWith('assets/') ? forever : 'no-cache';
  await answerFile(request, response, { file: real, mediaType, cacheControl: cached });
}

function decoded(pathname: string): string {
  try {
    const text = decodeURIComponent(pathname);
    if (!text.includes('\0')) return text;
  } catch {
    // Answered below.
  }
  throw new LoupeError('badArgument', 'The address is not valid.');
}

/** Bytes by their hash: they never change, so a browser need not ask twice. */
export async function answerBlob(
  request: IncomingMessage,
  response: ServerResponse,
  { blob, sha256 }: { readonly blob: StoredBlob | undefined; readonly sha256: string },
): Promise<void> {
  const missing = new LoupeError(
    'notFound',
    'These bytes are no longer here; their run may have been removed.',
  );
  if (blob === undefined) throw missing;
  const etag = `"${sha256}"`;
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { ETag: etag, 'Cache-Control': forever }).end();
    return;
  }
  response.setHeader('ETag', etag);
  const { mediaType } = blob;
  if ('content' in blob) {
    response.writeHead(200, {
      'Content-Type': mediaType,
      'Content-Length': blob.content.length,
      'Cache-Control': forever,
    });
    response.end(request.method === 'HEAD' ? undefined : blob.content);
    return;
  }
  for (const file of blob.files) {
    if (
      await answerFile(request, response, { file, mediaType, cacheControl: forever }).catch(
        refusedBefore(response),
      )
    )
      return;
  }
  throw missing;
}

/** A file that is gone may lie elsewhere too; one that broke in the middle may not be answered twice. */
const refusedBefore =
  (response: ServerResponse) =>
  (error: unknown): boolean => {
    if (response.headersSent) throw error;
    return false;
  };

interface FileAnswer {
  readonly file: string;
  readonly mediaType: string;
  readonly cacheControl: string;
}

async function answerFile(
  request: IncomingMessage,
  response: ServerResponse,
  { file, mediaType, cacheControl }: FileAnswer,
): Promise<true> {
  const handle = await open(file).catch((error: unknown) => {
    throw new LoupeError('notFound', 'This file is no longer here.', { cause: error });
  });
  const entry = await handle.stat();
  if (!entry.isFile()) {
    await handle.close();
    throw new LoupeError('notFound', 'This is no file.');
  }
  response.writeHead(200, {
    'Content-Type': mediaType,
    'Content-Length': entry.size,
    'Cache-Control': cacheControl,
  });
  if (request.method === 'HEAD') {
    await handle.close();
    response.end();
    return true;
  }
  await pipeline(
    createReadStream('', { fd: handle, autoClose: true, end: Math.max(0, entry.size - 1) }),
    response,
  );
  return true;
}
