import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The folder of files that are shared between checkouts and committed in none: `$LOUPE_SHARED` or `../shared`. */
export const sharedFolder =
  process.env['LOUPE_SHARED'] ?? fileURLToPath(new URL('../../shared', import.meta.url));

/** The path of a shared file, or undefined where it is not there; tests that need it then say that they were skipped. */
export function sharedFile(name: string): string | undefined {
  const path = join(sharedFolder, name);
  return existsSync(path) ? path : undefined;
}
