import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from 'tar';
import { describe, expect, it } from 'vitest';
import { downloadSource, missingFiles } from '../../../core/data/download.ts';
import type { DataProgress, SourceFile } from '../../../core/data/sets/define.ts';
import { dataSources } from '../../../core/data/sets/registry.ts';
import { content, download, fileOf, folder, host, serve, useHost } from './host.ts';

useHost();

describe('downloading a data set', () => {
  it('gives the file its name when it is whole and right, and says how far it is', async () => {
    host.handler = serve();
    const to = join(folder(), 'new', 'place');
    const seen: DataProgress[] = [];
    const md5 = createHash('md5').update(content).digest('hex');
    await download(to, fileOf({ checksum: { algorithm: 'md5', value: md5 } }), {
      onProgress: (progress) => seen.push(progress),
    });
    expect(readdirSync(to)).toEqual(['data.bin']);
    expect(readFileSync(join(to, 'data.bin')).equals(content)).toBe(true);
    const done = seen.map((progress) => progress.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(seen.at(-1)).toEqual({
      what: 'downloading data.bin',
      done: 300_000,
      total: 300_000,
      unit: 'bytes',
    });
  });

  it('fetches only what is missing', async () => {
    host.handler = serve();
    const to = folder();
    writeFileSync(join(to, 'labels.gz'), 'there');
    writeFileSync(join(to, 'unpacked'), 'there');
    const files = [fileOf({ name: 'labels.gz' }), fileOf({ name: 'unpacked.gz' }), fileOf()];
    const source = { id: 'test', title: 'Test', files };
    expect((await missingFiles(source, to)).map(({ name }) => name)).toEqual(['data.bin']);
    await downloadSource(source, to);
    expect(host.requests).toHaveLength(1);
    expect(await missingFiles(source, to)).toEqual([]);
    await downloadSource(source, to);
    expect(host.requests).toHaveLength(1);
  });

  it('follows redirections, but not in circles', async () => {
    const to = folder();
    host.handler = (request, response) => {
      if (request.url === '/elsewhere') serve()(request, response);
      else response.writeHead(302, { location: '/elsewhere' }).end();
    };
    await download(to, fileOf());
    expect(readFileSync(join(to, 'data.bin')).equals(content)).toBe(true);
    host.handler = (_, response) => response.writeHead(302, { location: '/round' }).end();
    await expect(download(folder(), fileOf())).rejects.toThrow('redirects in circles');
  });

  it('does not unpack what a server calls encoded', async () => {
    const to = folder();
    host.handler = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': content.length }).end(content);
    await download(to, fileOf());
    expect(readFileSync(join(to, 'data.bin')).equals(content)).toBe(true);
  });

  it('takes the next host where one does not have the file', async () => {
    const to = folder();
    host.handler = (request, response) => {
      if (request.url === '/second') serve()(request, response);
      else response.writeHead(404).end();
    };
    await download(to, fileOf({ urls: [`${host.address}/first`, `${host.address}/second`] }));
    expect(readdirSync(to)).toEqual(['data.bin']);
    await expect(
      download(folder(), fileOf({ urls: [`${host.address}/a`, `${host.address}/b`] })),
    ).rejects.toThrow(`${host.address}/a answered 404 Not Found. ${host.address}/b answered 404 Not Found.`);
  });
});

describe('an interrupted download', () => {
  it('goes on where a connection broke off', async () => {
    host.handler = serve(140_000);
    const to = folder();
    await download(to, fileOf());
    expect(readFileSync(join(to, 'data.bin')).equals(content)).toBe(true);
    const starts = host.requests.map(({ range }) => Number(/\d+/.exec(range ?? '0')?.[0]));
    expect(starts).toHaveLength(3);
    // Each goes on with what the one before has written, which is nearly all that was sent.
    starts.forEach((start, at) => expect(start).toBeGreaterThanOrEqual(Math.max(0, at * 140_000 - 100_000)));
  });

  it('keeps what has come when it gives up, and goes on with it the next time', async () => {
    host.handler = serve(50_000);
    const to = folder();
    await expect(download(to, fileOf())).rejects.toThrow(
      /^The connection to 127\.0\.0\.1:\d+ broke off \(.*\); what has come so far is kept, so try again\.$/,
    );
    expect(readdirSync(to)).toEqual(['data.bin.part']);
    const part = readFileSync(join(to, 'data.bin.part'));
    expect(part.length).toBeGreaterThan(0);
    expect(part.equals(content.subarray(0, part.length))).toBe(true);
    host.requests = [];
    host.handler = serve();
    await download(to, fileOf());
    expect(host.requests.map(({ range }) => range)).toEqual([`bytes=${part.length}-`]);
    expect(readFileSync(join(to, 'data.bin')).equals(content)).toBe(true);
  });

  it('starts over at a server without ranges, with a wrong beginning, and with one that is too long', async () => {
    const to = folder();
    const restart = async (part: Buffer): Promise<void> => {
      rmSync(join(to, 'data.bin'), { force: true });
      writeFileSync(join(to, 'data.bin.part'), part);
      await download(to, fileOf());
      expect(readFileSync(join(to, 'data.bin')).equals(content)).toBe(true);
      expect(readdirSync(to)).toEqual(['data.bin']);
    };
    host.handler = (_, response) => response.writeHead(200).end(content);
    await restart(content.subarray(0, 1000));
    host.handler = serve();
    await restart(Buffer.alloc(1000));
    await restart(Buffer.alloc(content.length));
    await restart(Buffer.alloc(content.length + 5));
    // A part of the right file that needs no request at all.
    host.requests = [];
    await restart(content);
    expect(host.requests).toEqual([]);
  });

  it('stops when it is cancelled, and keeps the part', async () => {
    host.handler = serve(100_000);
    const to = folder();
    const controller = new AbortController();
    const running = download(to, fileOf(), {
      signal: controller.signal,
      // Once something lies on the disk: the first bytes arrive before the file is there.
      onProgress: () => {
        if (existsSync(join(to, 'data.bin.part'))) controller.abort();
      },
    });
    await expect(running).rejects.toThrow('Cancelled.');
    expect(readdirSync(to)).toEqual(['data.bin.part']);
    expect(host.requests).toHaveLength(1);
  });
});

describe('an archive', () => {
  const packed = async (name: string): Promise<Buffer> => {
    const from = folder();
    mkdirSync(join(from, name));
    writeFileSync(join(from, name, 'a.bin'), 'inside');
    await create({ gzip: true, file: join(from, 'set.tar.gz'), cwd: from }, [name]);
    return readFileSync(join(from, 'set.tar.gz'));
  };
  const archiveOf = (bytes: Buffer): SourceFile =>
    fileOf({
      name: 'set.tar.gz',
      urls: [`${host.address}/set.tar.gz`],
      bytes: bytes.length,
      checksum: { algorithm: 'sha256', value: createHash('sha256').update(bytes).digest('hex') },
      unpacksTo: 'batches',
    });

  it('is unpacked and removed', async () => {
    const bytes = await packed('batches');
    host.handler = serve(undefined, bytes);
    const to = folder();
    await download(to, archiveOf(bytes));
    expect(readdirSync(to)).toEqual(['batches']);
    expect(readFileSync(join(to, 'batches', 'a.bin'), 'utf8')).toBe('inside');
    host.requests = [];
    await download(to, archiveOf(bytes));
    expect(host.requests).toEqual([]);
  });

  it('that does not hold what it should leaves nothing but itself', async () => {
    const bytes = await packed('other');
    host.handler = serve(undefined, bytes);
    const to = folder();
    await expect(download(to, archiveOf(bytes))).rejects.toThrow('could not be unpacked');
    expect(readdirSync(to)).toEqual(['set.tar.gz']);
  });
});

describe('the sources that can be downloaded', () => {
  it('name hosts, sizes and checksums of the right length', () => {
    const withFiles = [...dataSources.values()].filter(({ files }) => files.length > 0);
    expect(withFiles.map(({ id }) => id).sort()).toEqual(['cifar10', 'cifar100', 'fashionMnist', 'mnist']);
    for (const { files } of withFiles) {
      for (const { name, urls, bytes, checksum } of files) {
        expect(checksum.value).toMatch(checksum.algorithm === 'md5' ? /^[0-9a-f]{32}$/ : /^[0-9a-f]{64}$/);
        expect(bytes).toBeGreaterThan(4000);
        for (const url of urls) expect(new URL(url).pathname.endsWith(`/${name}`)).toBe(true);
      }
    }
  });
});
