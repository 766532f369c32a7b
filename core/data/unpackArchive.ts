import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { extract } from 'tar';
import { LoupeError, messageOf } from '../base/errors.ts';
import { fileExists, systemCodeOf, unwritable } from '../base/files.ts';

/**
 * Unpacks a .tar.gz into `folder` and removes it; `leaves` is the one folder that it has to leave there. That folder appears complete
 * or not at all: everything is unpacked beside it first. Entries that would land elsewhere are refused by the library.
 */
export async function unpackArchive(archive: string, folder: string, leaves: string): Promise<void> {
  const beside = join(folder, `.${leaves}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await mkdir(beside, { recursive: true });
    await extract({ file: archive, cwd: beside, strict: true });
    await rename(join(beside, leaves), join(folder, leaves));
  } catch (error) {
    const code = systemCodeOf(error);
    if (code !== undefined && ['ENOSPC', 'EACCES', 'EPERM', 'EROFS', 'EDQUOT'].includes(code)) {
      throw unwritable(join(folder, leaves), 'folder', error);
    }
    throw new LoupeError(
      'badFile',
      `The archive ${archive} could not be unpacked: ${messageOf(error)}. ${(await fileExists(archive)) ? 'Delete it and download it again.' : ''}`.trim(),
      { cause: error },
    );
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  await rm(archive, { force: true });
}
