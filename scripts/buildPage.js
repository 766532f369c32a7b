// Builds the page of the workbench into dist/renderer/.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const page = join(dist, 'renderer');

/** Builds beside the present page and then takes its place, so that a running server never serves half a page. */
export async function buildPage() {
  const startedAt = new Date();
  // Whatever the caller's environment is for, the page is for people: vite would build a slower one for a test.
  const environment = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  mkdirSync(dist, { recursive: true });
  const fresh = mkdtempSync(join(dist, 'building-page-'));
  try {
    const { build } = await import('vite');
    await build({
      configFile: join(root, 'renderer/vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: fresh },
    });
    // The time at which the sources were read: whatever changed during the build is newer.
    utimesSync(join(fresh, 'index.html'), startedAt, startedAt);
    const old = mkdtempSync(join(dist, 'building-old-'));
    if (existsSync(page)) renameSync(page, join(old, 'renderer'));
    renameSync(fresh, page);
    rmSync(old, { recursive: true, force: true });
  } finally {
    if (environment === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = environment;
    rmSync(fresh, { recursive: true, force: true });
  }
}
