import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LoupeError, expected } from '../../base/errors.ts';
import type { UploadAnswer } from '../../protocol/workbench.ts';
import { type WorkspaceImages, pictureEnding } from '../workspace/images.ts';
import type { WorkspaceModels } from '../workspace/models.ts';
import { safeName } from '../workspace/names.ts';

/** Greatest uploads in bytes. */
export interface UploadLimits {
  readonly image: number;
  readonly model: number;
}

export const usualLimits: UploadLimits = { image: 256 * 2 ** 20, model: 4 * 2 ** 30 };

interface Places {
  readonly images: WorkspaceImages;
  readonly models: WorkspaceModels;
  readonly limits: UploadLimits;
}

/** Keeps what a page sends: a picture or an ONNX model, told apart by the ending of its name. */
export async function receiveUpload(
  request: IncomingMessage,
  given: string,
  { images, models, limits }: Places,
): Promise<UploadAnswer> {
  const name = safeName(given, 'picture.png');
  if (/\.onnx$/i.test(name)) {
    const staged = await models.stage();
    await receive(request, { file: path.join(staged, name), staged, name, most: limits.model });
    return { kind: 'model', model: await models.adopt(staged, name) };
  }
  if (!pictureEnding.test(name)) {
    throw expected('badFile', {
      wanted: 'a picture (JPEG, PNG, WebP, TIFF, GIF, AVIF or BMP) or an .onnx model',
      for: 'an upload',
      received: `"${name}"`,
    });
  }
  const staged = await images.stage();
  await receive(request, { file: await images.placeIn(staged, name), staged, name, most: limits.image });
  return { kind: 'image', image: await images.adopt(staged, name) };
}

interface Incoming {
  readonly file: string;
  readonly staged: string;
  readonly name: string;
  /** Bytes that are let through. */
  readonly most: number;
}

async function receive(request: IncomingMessage, { file, staged, name, most }: Incoming): Promise<void> {
  try {
    if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge(name, most);
    await pipeline(request, counting(name, most), createWriteStream(file, { flags: 'wx' }));
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    if (error instanceof LoupeError) throw error;
    throw new LoupeError('badFile', `${name} did not arrive completely.`, { cause: error });
  }
}

function counting(name: string, most: number): Transform {
  let received = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      received += piece.length;
      if (received > most) done(tooLarge(name, most));
      else done(null, piece);
    },
  });
}

const tooLarge = (name: string, most: number): LoupeError =>
  new LoupeError(
    'tooLarge',
    `${name} is larger than the ${Math.floor(most / 2 ** 20)} MiB that may be sent. Open it by its path instead.`,
  );
