import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { Zip, ZipPassThrough } from 'fflate';

/** The date of every entry, so that the same run gives the same archive. */
const entryDate = new Date(1980, 0, 2);

/** Streams files as an uncompressed ZIP archive (pictures and most arrays do not shrink), a piece at a time. */
export async function answerArchive(
  response: ServerResponse,
  fileName: string,
  files: readonly { readonly name: string; readonly file: string }[],
): Promise<void> {
  response.writeHead(200, {
    'Content-Type': 'application/zip',
    'Content-Disposition': `attachment; filename="${fileName}"`,
    'Cache-Control': 'private, no-cache',
  });
  const zip = new Zip((error, chunk, final) => {
    if (error !== null) response.destroy(error);
    else if (!final) response.write(chunk);
    else response.end(chunk);
  });
  for (const { name, file } of files) {
    const entry = new ZipPassThrough(name);
    entry.mtime = entryDate;
    zip.add(entry);
    for await (const piece of createReadStream(file)) {
      entry.push(piece as Buffer);
      if (response.destroyed) return;
      if (response.writableNeedDrain) await drained(response);
    }
    entry.push(new Uint8Array(), true);
  }
  zip.end();
}

/** Or closed by the other side. */
async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}
