import { createHash } from 'node:crypto';
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { downloadSource } from '../../../core/data/download.ts';
import { content, download, fileOf, folder, host, serve, useHost } from './host.ts';

useHost();

describe('a download that fails', () => {
  it('throws away a file with a wrong checksum and says what came', async () => {
    const to = folder();
    const wrong = Buffer.from(content);
    wrong[1000] = 0;
    wrong[1001] = 0;
    host.handler = serve(undefined, wrong);
    const found = createHash('sha256').update(wrong).digest('hex');
    await expect(download(to, fileOf())).rejects.toThrow(
      `but ${host.address}/data.bin gave ${found} (300000 bytes). It was deleted; try again`,
    );
    expect(readdirSync(to)).toEqual([]);
    // A page in place of the file, which is short.
    host.handler = (_, response) => response.writeHead(200).end('<html>please log in</html>');
    await expect(download(to, fileOf())).rejects.toThrow('(26 bytes)');
    host.handler = serve(undefined, Buffer.concat([content, content]));
    await expect(download(to, fileOf())).rejects.toThrow('sends more than the 300000 bytes of the file');
  });

  it('says so where there is no network', async () => {
    const refused = fileOf({ urls: ['http://127.0.0.1:1/data.bin'] });
    await expect(download(folder(), refused)).rejects.toThrow(
      '127.0.0.1:1 cannot be reached: it refuses the connection. Is there a network connection?',
    );
    const unknown = fileOf({ urls: ['http://loupe.invalid/data.bin'] });
    await expect(download(folder(), unknown)).rejects.toThrow('loupe.invalid cannot be reached');
  });

  it.skipIf(!existsSync('/dev/full'))('says so where the disk is full', async () => {
    host.handler = serve();
    const to = folder();
    symlinkSync('/dev/full', join(to, 'data.bin.part'));
    await expect(download(to, fileOf({ urls: [`${host.address}/a`, `${host.address}/b`] }))).rejects.toThrow(
      `The file ${join(to, 'data.bin')} could not be written: the disk is full.`,
    );
    // A full disk is no reason to ask another host.
    expect(host.requests).toHaveLength(1);
  });

  it('refuses a source without files', async () => {
    await expect(downloadSource({ id: 'x', title: 'X', files: [] }, folder())).rejects.toThrow(
      'There is nothing to download for X.',
    );
  });
});
