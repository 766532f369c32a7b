// What lies in dist/ and is older than its sources; the bundlers are loaded only if something is.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What each part of dist/ is made of, and the file that tells when it was made. */
const parts = {
  program: { made: 'dist/loupe.js', of: ['core', 'models', 'package.json', 'scripts/build.js'] },
  page: {
    made: 'dist/renderer/index.html',
    of: ['renderer', 'core/base', 'core/protocol', 'package.json', 'scripts/buildPage.js'],
  },
};

/** Builds the command line, and the page of the workbench where it is needed, if their sources are newer. */
export async function buildWhatIsStale({ page }) {
  if (isStale(parts.program)) {
    const { build } = await import('./build.js');
    await build();
  }
  if (page && isStale(parts.page)) {
    const { buildPage } = await import('./buildPage.js');
    await buildPage();
  }
}

function isStale({ made, of }) {
  const built = statSync(join(root, made), { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) return true;
  return of.map((name) => join(root, name)).some((path) => existsSync(path) && newest(path) > built);
}

/** The newest modification time in a file or folder, in milliseconds; folders count, so a deletion is seen. */
function newest(path) {
  const information = statSync(path);
  if (!information.isDirectory()) return information.mtimeMs;
  return readdirSync(path, { withFileTypes: true })
    .map((item) =>
      item.isDirectory() ? newest(join(path, item.name)) : statSync(join(path, item.name)).mtimeMs,
    )
    .reduce((latest, time) => Math.max(latest, time), information.mtimeMs);
}
