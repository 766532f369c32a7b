import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../base/errors.ts';
import { unreadable } from '../../base/files.ts';
import { picturesBelow } from '../../data/pictureFiles.ts';
import type { PictureBlob } from '../../protocol/resultView.ts';
import { type ImageInfo, imageInfoSchema } from '../../protocol/workbench.ts';
import { Entries, unknown } from './entries.ts';
import { safeName, withoutFolder } from './names.ts';
import type { Parts } from './parts.ts';
import type { WorkspaceModels } from './models.ts';

const entrySchema = z.object({ schema: z.literal('loupe-image/1'), info: imageInfoSchema });

/** The file as it came lies in a folder of its own, so that it can keep its name. */
const originalFolder = 'original';

export const pictureEnding = /\.(jpe?g|jfif|png|webp|tiff?|gif|avif|bmp)$/i;

/** The images of a workspace: copies, by the hash of their files. */
export class WorkspaceImages {
  readonly #parts: Parts;
  readonly #models: WorkspaceModels;
  readonly #entries: Entries<typeof entrySchema>;

  constructor(parts: Parts, models: WorkspaceModels) {
    const { home, warn } = parts;
    this.#parts = parts;
    this.#models = models;
    this.#entries = new Entries({ home, warn, folder: 'images', file: 'image.json', schema: entrySchema });
  }

  async list(): Promise<ImageInfo[]> {
    const infos = [...(await this.#entries.list()).values()].map(({ info }) => info);
    for (const info of infos) this.#serve(info);
    return infos.sort((a, b) => a.added.localeCompare(b.added) || a.name.localeCompare(b.name));
  }

  async get(image: string): Promise<ImageInfo> {
    const entry = await this.#entries.get(image);
    if (entry === undefined) throw unknown('images', image);
    return entry.info;
  }

  /** The file as it came, for the engine. */
  async fileOf(image: string): Promise<string> {
    const { name } = await this.get(image);
    return this.#entries.pathOf(image, originalFolder, path.basename(name));
  }

  stage(): Promise<string> {
    return this.#entries.stage();
  }

  tidy(): Promise<void> {
    return this.#entries.tidy();
  }

  /** Copies a picture, or all pictures in a folder and below it; what cannot be read is named with the reason. */
  async add(given: string): Promise<{ images: ImageInfo[]; refused: { path: string; message: string }[] }> {
    const files = await picturesAt(path.resolve(given));
    const images: ImageInfo[] = [];
    const refused: { path: string; message: string }[] = [];
    for (const file of files) {
      try {
        images.push(await this.#addFile(file));
      } catch (error) {
        if (files.length === 1) throw error;
        refused.push({ path: file, message: messageOf(error) });
      }
    }
    if (images.length > 0) this.#parts.events.emit({ kind: 'imagesChanged' });
    return { images, refused };
  }

  /** Keeps a file that was written to `<staged>/original/<name>`. */
  async adopt(staged: string, name: string): Promise<ImageInfo> {
    const info = await this.#finish(staged, name, undefined);
    this.#parts.events.emit({ kind: 'imagesChanged' });
    return info;
  }

  /** Makes the place for the file of `adopt`. */
  async placeIn(staged: string, name: string): Promise<string> {
    await mkdir(path.join(staged, originalFolder), { recursive: true });
    return path.join(staged, originalFolder, name);
  }

  async fitted(model: string, image: string): Promise<PictureBlob> {
    const reference = await this.#models.reference(model);
    const { blob, content } = await this.#parts.engine.call('fitted', {
      model: reference,
      image: await this.fileOf(image),
    });
    this.#parts.blobs.addContent(blob.sha256, content, blob.mediaType);
    return blob;
  }

  async remove(image: string): Promise<void> {
    await this.#entries.remove(image);
    this.#parts.events.emit({ kind: 'imagesChanged' });
  }

  async #addFile(file: string): Promise<ImageInfo> {
    const staged = await this.#entries.stage();
    const name = safeName(path.basename(file), 'picture');
    try {
      await copyFile(file, await this.placeIn(staged, name));
    } catch (error) {
      await this.#entries.discard(staged);
      throw await unreadable(file, 'picture', error);
    }
    return this.#finish(staged, name, file);
  }

  async #finish(staged: string, name: string, source: string | undefined): Promise<ImageInfo> {
    try {
      const file = path.join(staged, originalFolder, name);
      const { sha256, width, height, notes, picture, thumbnail } = await this.#parts.engine.call(
        'readImage',
        {
          path: file,
          name,
        },
      );
      const info: ImageInfo = {
        id: sha256,
        name,
        ...(source === undefined ? {} : { source }),
        width,
        height,
        notes: [...notes],
        picture: picture.blob,
        thumbnail: thumbnail.blob,
        added: new Date().toISOString(),
      };
      await writeFile(path.join(staged, 'picture.png'), picture.content);
      await writeFile(path.join(staged, 'thumbnail.png'), thumbnail.content);
      await writeFile(
        path.join(staged, 'image.json'),
        `${JSON.stringify({ schema: 'loupe-image/1', info })}\n`,
      );
      await this.#entries.publish(staged, sha256);
      const kept = await this.get(sha256);
      this.#serve(kept);
      return kept;
    } catch (error) {
      await this.#entries.discard(staged);
      throw withoutFolder(error, path.join(staged, originalFolder));
    }
  }

  #serve({ id, picture, thumbnail }: ImageInfo): void {
    const { blobs } = this.#parts;
    blobs.addFile(picture.sha256, this.#entries.pathOf(id, 'picture.png'), picture.mediaType);
    blobs.addFile(thumbnail.sha256, this.#entries.pathOf(id, 'thumbnail.png'), thumbnail.mediaType);
  }
}

async function picturesAt(given: string): Promise<string[]> {
  const entry = await stat(given).catch(async (error: unknown) => {
    throw await unreadable(given, 'picture', error);
  });
  if (!entry.isDirectory()) return [given];
  return picturesBelow(given, pictureEnding);
}
