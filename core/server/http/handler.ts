import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoupeError } from '../../base/errors.ts';
import type { OpenWorkbench } from '../createWorkbench.ts';
import type { Access, Denial } from './access.ts';
import { answerJson, answerSentence, deny, protect, refuse } from './answers.ts';
import { answerArchive } from './archive.ts';
import { answerBlob, answerPageFile } from './files.ts';
import { type UploadLimits, receiveUpload } from './upload.ts';

export interface HandlerOptions {
  readonly access: Access;
  readonly open: OpenWorkbench;
  /** The built page. */
  readonly pageFolder: string;
  readonly limits: UploadLimits;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers every HTTP request; a refusal is a sentence, and nothing that arrives can end the process. */
export function createHandler(options: HandlerOptions): Handler {
  return (request, response) => {
    response.on('error', () => undefined);
    answer(request, response, options).catch((error: unknown) => {
      // What is left of a refused upload is not waited for.
      if (!request.complete) response.setHeader('Connection', 'close');
      refuse(response, error);
    });
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { access, open, pageFolder, limits }: HandlerOptions,
): Promise<void> {
  const url = addressOf(request);
  const blob = /^\/blob\/([0-9a-f]{64})$/.exec(url.pathname)?.[1];
  protect(response, blob === undefined ? 'page' : 'blob');
  const denial = access.checkHost(request) ?? access.checkSite(request);
  if (denial !== undefined) {
    denied(request, response, denial);
    return;
  }
  if (request.method === 'GET' && enters(url, response, access)) return;
  const stranger = access.checkCookie(request);
  if (stranger !== undefined) {
    denied(request, response, stranger, url.pathname === '/');
    return;
  }
  if (request.method === 'PUT' && url.pathname === '/upload') {
    const name = url.searchParams.get('name') ?? '';
    answerJson(response, 200, await receiveUpload(request, name, { ...open, limits }));
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    denied(request, response, { status: 405, message: `${request.method ?? ''} is not answered here.` });
    return;
  }
  const run = /^\/run\/([0-9a-f]{64})\.zip$/.exec(url.pathname)?.[1];
  if (blob !== undefined) await answerBlob(request, response, { blob: open.blobs.get(blob), sha256: blob });
  else if (run !== undefined)
    await answerArchive(response, `loupe-${run.slice(0, 12)}.zip`, await open.runs.files(run));
  else await answerPageFile(request, response, { root: pageFolder, pathname: url.pathname });
}

/** Exchanges the token of a link for the cookie, and takes it out of the address. */
function enters(url: URL, response: ServerResponse, access: Access): boolean {
  const token = url.searchParams.get('token');
  const cookie = token === null ? undefined : access.redeem(token);
  if (cookie === undefined) return false;
  response.writeHead(303, { 'Set-Cookie': cookie, Location: './', 'Cache-Control': 'no-store' }).end();
  return true;
}

function denied(
  request: IncomingMessage,
  response: ServerResponse,
  { status, message }: Denial | { readonly status: 405; readonly message: string },
  asPage = false,
): void {
  if (!request.complete) response.setHeader('Connection', 'close');
  if (asPage) answerSentence(response, status, message);
  else deny(response, status, message);
}

function addressOf({ url = '/' }: IncomingMessage): URL {
  if (url.startsWith('/') && URL.canParse(url, 'http://loupe')) {
    const parsed = new URL(url, 'http://loupe');
    // `//other.host/path` names another host.
    if (parsed.host === 'loupe') return parsed;
  }
  throw new LoupeError('badArgument', 'The address is not valid.');
}
