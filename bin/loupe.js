#!/usr/bin/env node
// Starts the command line. In a checkout, dist/ is built first when a source file is newer than it.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const entry = join(root, 'dist/loupe.js');
const sources = ['core', 'models', 'package.json', 'scripts/build.js'].map((name) => join(root, name));

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

function isStale() {
  if (!existsSync(entry)) return true;
  const built = statSync(entry).mtimeMs;
  return sources.some((path) => existsSync(path) && newest(path) > built);
}

if (existsSync(join(root, 'core/cli/main.ts')) && isStale()) {
  try {
    const { build } = await import(new URL('../scripts/build.js', import.meta.url).href);
    await build();
  } catch (error) {
    console.error(`loupe: the source could not be built: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
// Stack traces that name the sources.
if (process.env.LOUPE_DEBUG === '1') process.setSourceMapsEnabled(true);

const { main } = await import(new URL('../dist/loupe.js', import.meta.url).href);
process.exitCode = await main(process.argv.slice(2));
