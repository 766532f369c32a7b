import { readFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:http';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Random, seededRandom } from '../../core/base/random.ts';
import { removeFolders, root, samples, temporaryFolder } from './loupe.ts';
import { type Page, ServedWorkbench } from './workbench.ts';

let server: ServedWorkbench;
let page: Page;

beforeAll(async () => {
  server = await ServedWorkbench.start(temporaryFolder());
  page = await server.enter();
});

afterEach(async () => {
  const client = page.client();
  // Whatever was sent, the server still answers.
  const { methods } = await client.session.info.query();
  if (methods.length === 0) throw new Error('The server no longer knows its methods.');
  await page.close();
});

afterAll(async () => {
  await server.stop();
  removeFolders();
});

/** A request with exactly this path and these headers, as no browser would send it. */
async function raw(path: string, options: RequestOptions = {}): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(server.origin, { path, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.once('error', reject);
    asked.end();
  });
}

/** The status with which an upgrade is refused, or 101. */
async function upgrade(headers: Record<string, string>, url = page.socketUrl): Promise<number> {
  const socket = new WebSocket(url, { headers });
  return new Promise((resolve) => {
    socket.once('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.once('unexpected-response', (_request, response) => {
      socket.terminate();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', () => undefined);
  });
}

describe('who may ask', () => {
  it('is nobody without the cookie of a link', async () => {
    expect((await raw('/')).status).toBe(401);
    expect((await raw('/')).text).toContain('link that "loupe serve" printed');
    expect((await raw('/?token=guessed')).status).toBe(401);
    expect((await raw(`/blob/${'0'.repeat(64)}`)).status).toBe(401);
    expect(
      (await raw('/upload?name=a.png', { method: 'PUT', headers: { Origin: server.origin } })).status,
    ).toBe(401);
    expect(await upgrade({ Origin: server.origin })).toBe(401);
  });

  it('is one browser for a link, and another for a new one', async () => {
    expect((await raw(server.link.pathname + server.link.search)).status).toBe(401);
    const client = page.client();
    const other = await server.enter(new URL(await client.session.invite.mutate(), server.origin));
    expect((await other.fetch('')).status).toBeLessThan(600);
    expect(await upgrade(other.headers)).toBe(101);
  });

  it('is no name that was made to point here', async () => {
    const headers = { Cookie: page.cookie, Host: 'evil.example' };
    expect((await raw('/', { headers })).status).toBe(403);
    expect(await upgrade({ ...page.headers, Host: 'evil.example', Origin: 'http://evil.example' })).toBe(403);
    expect((await raw('/', { headers: { ...headers, Host: 'localhost:1' } })).status).not.toBe(403);
  });

  it('is no other page', async () => {
    const origin = 'http://127.0.0.1:1';
    expect(await upgrade({ ...page.headers, Origin: origin })).toBe(403);
    expect(await upgrade({ ...page.headers, Origin: 'null' })).toBe(403);
    expect(await upgrade({ Cookie: page.cookie })).toBe(403);
    expect(await upgrade(page.headers)).toBe(101);
    expect(await upgrade(page.headers, `${page.socketUrl}/other`)).toBe(404);
    const put = { method: 'PUT', headers: { Cookie: page.cookie, Origin: origin } };
    expect((await raw('/upload?name=a.png', put)).status).toBe(403);
    const embedded = { Cookie: page.cookie, 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'no-cors' };
    expect((await raw(`/blob/${'0'.repeat(64)}`, { headers: embedded })).status).toBe(403);
  });

  it('lets the page run nothing that does not come from here', async () => {
    const policy = (await page.fetch('')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe-eval');
    expect((await page.fetch('')).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('what is asked', () => {
  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/%5c..%5c..%5cpackage.json',
    '/loupe.js',
    '//etc/passwd',
    '/%00',
    '/%',
    '/blob/../../../etc/passwd',
    `/run/${'a'.repeat(64)}.zip`,
    '/run/../../runs.zip',
  ])('never leaves its folder: %s', async (path) => {
    const { status, text } = await raw(path, { headers: { Cookie: page.cookie } });
    expect([400, 404]).toContain(status);
    expect(text).not.toContain('"loupe",');
  });

  it.each(['POST', 'DELETE', 'PATCH', 'OPTIONS'])('is not a %s', async (method) => {
    expect((await page.fetch('', { method })).status).toBe(405);
  });

  it('may be 10,000 messages that make no sense', async () => {
    const socket = new WebSocket(page.socketUrl, { headers: page.headers });
    let answers = 0;
    socket.on('message', () => answers++);
    await new Promise((resolve) => socket.once('open', resolve));
    const random = seededRandom(1);
    for (let count = 0; count < 10_000; count++) socket.send(nonsense(count, random));
    const client = page.client();
    expect((await client.models.list.query()).length).toBe(0);
    await expect.poll(() => answers, { timeout: 20_000 }).toBeGreaterThan(5000);
    socket.terminate();
  });

  it('is refused at four mebibytes', async () => {
    const socket = new WebSocket(page.socketUrl, { headers: page.headers });
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send('x'.repeat(5 * 2 ** 20));
    expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(1009);
  });
});

function nonsense(count: number, random: Random): string | Buffer {
  const noise = Buffer.from(Array.from({ length: 1 + (count % 60) }, () => random.integer(256)));
  const calls = [
    { id: count },
    { id: null, method: 'query', params: { path: 'session.info' } },
    { id: count, method: 'query', params: { path: '__proto__.constructor' } },
    { id: count, method: 'mutation', params: { path: 'models.open', input: { path: 7 } } },
    { id: count, method: 'query', params: { path: 'runs.get', input: { run: '../../..' } } },
    { id: count, method: 'mutation', params: { path: 'layouts.save', input: { name: '../a', content: {} } } },
    { id: count, method: 'subscription', params: { path: 'session.info' } },
    { id: count, method: 'subscription.stop' },
    { id: { a: 1 }, jsonrpc: 7, method: ['query'], params: 'x' },
    [null, 1, 'two', [[]]],
  ];
  const texts = ['', '{', 'null', '[', '"x"', '['.repeat(2000), noise.toString('latin1'), '{"id":1e999}'];
  const which = count % (calls.length + texts.length + 1);
  if (which === 0) return noise;
  return which <= texts.length ? (texts[which - 1] ?? '') : JSON.stringify(calls[which - texts.length - 1]);
}

describe('what is uploaded', () => {
  it('is refused by its length before it is sent', async () => {
    const headers = { ...page.headers, 'Content-Length': String(300 * 2 ** 20), Expect: '100-continue' };
    const { status, text } = await raw('/upload?name=a.png', { method: 'PUT', headers });
    expect(status).toBe(413);
    expect(text).toContain('larger than the 256 MiB');
  });

  it.each([
    ['a picture of two gigapixels', 'huge.png', png(50_000, 40_000, Buffer.alloc(100)), 413, '50000x40000'],
    [
      'a picture that inflates to 400 megapixels',
      'bomb.png',
      png(20_000, 20_000, Buffer.alloc(20_000 * 2501)),
      413,
      '20000x20000',
    ],
    ['a picture that ends early', 'short.png', png(64, 64, Buffer.alloc(9)), 422, 'damaged'],
    ['an archive', 'archive.png', Buffer.from('PK\x03\x04 and so on'), 422, 'ZIP archive'],
    ['a program', 'a.exe', Buffer.from('MZ'), 422, 'a picture (JPEG'],
    ['an empty model', 'empty.onnx', Buffer.alloc(0), 422, 'empty.onnx'],
    ['a model of noise', 'noise.onnx', Buffer.alloc(5000, 0xa7), 422, 'noise.onnx'],
  ])('is not %s', async (_what, name, content, status, sentence) => {
    const response = await page.upload(name, new Uint8Array(content));
    expect(response.status).toBe(status);
    const { message } = (await response.json()) as { message: string };
    expect(message).toContain(sentence);
    expect(message).not.toContain('.new-');
  });

  it('keeps its place, whatever its name says', async () => {
    const bytes = readFileSync(join(root, samples[0] ?? ''));
    const response = await page.upload('../../../../tmp/über\u0000<b>.png', new Uint8Array(bytes));
    expect(((await response.json()) as { image: { name: string } }).image.name).toBe('über__b_.png');
  });
});

/** A PNG of one bit a pixel with this (uncompressed) content. */
function png(width: number, height: number, content: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  return Buffer.concat([
    start,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(content)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
