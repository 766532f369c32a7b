import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServeOptions, type Served, serve } from '../../../core/server/serve.ts';
import { Page } from '../../e2e/workbench.ts';

const home = mkdtempSync(join(tmpdir(), 'loupe-serve-'));
const pageFolder = join(home, 'page');
const options: ServeOptions = {
  port: 0,
  host: '127.0.0.1',
  allowedHosts: ['proxy.example'],
  workspace: join(home, 'workspace'),
  engine: { entry: join(import.meta.dirname, 'fakeEngine.js') },
  pageFolder,
  limits: { image: 1000, model: 2000 },
};
let served: Served;
let page: Page;

beforeAll(async () => {
  served = await serve(options);
  const response = await fetch(served.url, { redirect: 'manual' });
  page = new Page(new URL(served.url).origin, response.headers.get('set-cookie')?.split(';')[0] ?? '');
});

afterAll(async () => {
  await served.close();
  rmSync(home, { recursive: true });
});

describe('the server', () => {
  it('says how to build the page while there is none, and then serves it', async () => {
    const missing = await page.fetch('');
    expect(missing.status).toBe(503);
    expect(await missing.text()).toContain('npm run build');
    mkdirSync(join(pageFolder, 'assets'), { recursive: true });
    writeFileSync(join(pageFolder, 'index.html'), '<!doctype html><title>Loupe</title>');
    writeFileSync(join(pageFolder, 'assets/main-abc.js'), 'export {};');
    writeFileSync(join(home, 'secret.json'), '{}');
    symlinkSync(join(home, 'secret.json'), join(pageFolder, 'link.json'));
    const index = await page.fetch('');
    expect(index.status).toBe(200);
    expect(index.headers.get('cache-control')).toBe('no-cache');
    const script = await page.fetch('assets/main-abc.js');
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect((await page.fetch('link.json')).status).toBe(404);
  });

  it('takes the token out of the address and sets a cookie that scripts cannot read', async () => {
    const other = await serve({ ...options, workspace: join(home, 'other') });
    const response = await fetch(other.url, { redirect: 'manual' });
    await other.close();
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('./');
    expect(response.headers.get('set-cookie')).toMatch(
      /^loupe-[0-9a-f]{8}=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
    );
  });

  it.each([
    ['a.png', 1001],
    ['a.onnx', 2001],
  ])('stops an upload that does not say how long it is: %s', async (name, length) => {
    const pieces = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(length));
        controller.close();
      },
    });
    const response = await page.fetch(`upload?name=${name}`, {
      method: 'PUT',
      body: pieces,
      duplex: 'half',
    });
    expect(response.status).toBe(413);
    const left = readdirSync(options.workspace, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile() || entry.name.startsWith('.new'))).toEqual([]);
  });

  it('answers behind a proxy that it was told of', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const headers = { Host: 'proxy.example', Cookie: page.cookie };
      request(page.origin, { path: '/', headers }, (response) => resolve(response.resume().statusCode))
        .once('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });

  it('says why it cannot listen', async () => {
    await expect(serve({ ...options, port: served.port })).rejects.toMatchObject({
      message: `Cannot listen on 127.0.0.1, port ${served.port}: another program uses it; --port 0 takes a free one.`,
    });
    writeFileSync(join(home, 'file'), '');
    await expect(serve({ ...options, workspace: join(home, 'file', 'in') })).rejects.toMatchObject({
      code: 'badFile',
    });
  });
});
