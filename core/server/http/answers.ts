import type { ServerResponse } from 'node:http';
import { LoupeError, messageOf } from '../../base/errors.ts';
import type { Refusal } from '../../protocol/jobs.ts';
import { statusOf } from '../statuses.ts';

/** What the page may do: only what comes from this server, and no evaluated text. Styles are set by its libraries. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** What may happen in a blob that somebody opens as a page: nothing. */
const blobPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/** Headers of every answer. */
export function protect(response: ServerResponse, kind: 'page' | 'blob'): void {
  response.setHeader('Content-Security-Policy', kind === 'page' ? pagePolicy : blobPolicy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
}

/** A refusal with the status that fits its code. */
export function refuse(response: ServerResponse, thrown: unknown): void {
  const code = thrown instanceof LoupeError ? thrown.code : 'internal';
  answerJson(response, statusOf(code), { code, message: messageOf(thrown) });
}

export function deny(response: ServerResponse, status: number, message: string): void {
  answerJson(response, status, { code: 'denied', message });
}

export function answerJson(response: ServerResponse, status: number, content: Refusal | object): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
  });
  response.end(JSON.stringify(content));
}

/** A page with a sentence, for a person without a cookie or before the page was built. */
export function answerSentence(response: ServerResponse, status: number, sentence: string): void {
  const text = sentence.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Loupe</title><body style="font:16px system-ui;margin:3rem;max-width:40rem"><h1>Loupe</h1><p>${text}</p></body></html>\n`,
  );
}
