import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';

/** Why a request is not answered. */
export interface Denial {
  readonly status: 401 | 403;
  readonly message: string;
}

/** Links that were made and not used. */
const mostLinks = 64;

/**
 * Who may ask. A page gets a cookie for a token that is good for one use; every request must carry the cookie, name a host that
 * this server answers to (against names that are made to point here), and, where it changes something, come from its own page.
 */
export class Access {
  /** Cookies do not know ports, so every server has a name of its own. */
  readonly #cookieName = `loupe-${randomBytes(4).toString('hex')}`;
  readonly #secret = randomBytes(32).toString('base64url');
  readonly #tokens = new Set<string>();
  readonly #hosts: ReadonlySet<string>;
  readonly #onUsed: () => void;

  /** `host` is what the server listens on; `more` are names under which a proxy makes it known. */
  constructor(host: string, more: readonly string[] = [], onUsed: () => void = () => undefined) {
    this.#hosts = new Set([...hostsFor(host), ...more.map((name) => name.toLowerCase())]);
    this.#onUsed = onUsed;
  }

  /** A fresh token, for a link. */
  invite(): string {
    const token = randomBytes(32).toString('base64url');
    this.#tokens.add(token);
    for (const oldest of this.#tokens) {
      if (this.#tokens.size <= mostLinks) break;
      this.#tokens.delete(oldest);
    }
    return token;
  }

  /** The cookie for a token, which is used up by it; undefined for one that is not known. */
  redeem(token: string): string | undefined {
    const found = [...this.#tokens].find((known) => equal(known, token));
    if (found === undefined) return undefined;
    this.#tokens.delete(found);
    this.#onUsed();
    return `${this.#cookieName}=${this.#secret}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Whether the host is one of this server's names. */
  checkHost({ headers }: IncomingMessage): Denial | undefined {
    if (this.#hosts.has(nameOf(headers.host ?? ''))) return undefined;
    const message = `This server does not answer to the name ${(headers.host ?? '(none)').slice(0, 100)}. Start it with --allow-host to change that.`;
    return { status: 403, message };
  }

  /** Whether another page of this machine or of the web made the browser ask. */
  checkSite({ headers, method = 'GET' }: IncomingMessage): Denial | undefined {
    const foreign = { status: 403, message: 'This request comes from another page.' } as const;
    const site = headers['sec-fetch-site'];
    const navigates = headers['sec-fetch-mode'] === 'navigate';
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && !navigates) return foreign;
    if (method === 'GET' || method === 'HEAD') return undefined;
    return this.checkOrigin({ headers });
  }

  /** What changes something, and a socket, must say that it comes from this server's own page. */
  checkOrigin({ headers }: Pick<IncomingMessage, 'headers'>): Denial | undefined {
    const { origin } = headers;
    const own =
      origin !== undefined &&
      URL.canParse(origin) &&
      new URL(origin).host === withoutUsualPort(headers.host, origin);
    return own ? undefined : { status: 403, message: 'This request comes from another page.' };
  }

  /** Whether it carries the cookie. */
  checkCookie({ headers }: IncomingMessage): Denial | undefined {
    const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
    const given = pairs.find(([name]) => name === this.#cookieName)?.[1];
    if (given !== undefined && equal(given, this.#secret)) return undefined;
    return {
      status: 401,
      message: 'This page needs the link that "loupe serve" printed; each link is good for one browser.',
    };
  }
}

/** In constant time, whatever the lengths. */
function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** The host without its port: `[::1]:8080` → `[::1]`. */
const nameOf = (host: string): string => host.toLowerCase().replace(/:\d+$/, '');

/** As a URL has it: port 80 of http and 443 of https are left out. */
function withoutUsualPort(host: string | undefined, origin: string): string {
  const url = `${new URL(origin).protocol}//${host ?? ''}`;
  return URL.canParse(url) ? new URL(url).host : '';
}

function hostsFor(host: string): string[] {
  const loopback = ['localhost', '127.0.0.1', '[::1]'];
  const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);
  if (!isWildcard(host)) return [...loopback, bracketed(host.toLowerCase())];
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return [...loopback, hostname().toLowerCase(), ...addresses.map(({ address }) => bracketed(address))];
}

export const isWildcard = (host: string): boolean => ['0.0.0.0', '::', ''].includes(host);
