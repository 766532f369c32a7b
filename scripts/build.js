// Bundles the programs into dist/: one chunk a command, so that `loupe --help` loads almost nothing.
// onnxruntime-node and sharp hold native code and stay outside.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

/** Chunks of earlier builds are kept this long, because a running process may still load them. */
const chunkLifetime = 3_600_000;

/** The programs of dist/: the command line, and the process that computes for the workbench. */
const entries = { loupe: 'core/cli/main.ts', engine: 'core/engine/process/main.ts' };

/** Builds dist/loupe.js and dist/engine.js with their chunks. Two builds at once do not disturb each other. */
export async function build() {
  const startedAt = new Date();
  mkdirSync(join(dist, 'chunks'), { recursive: true });
  const fresh = mkdtempSync(join(dist, 'building-'));
  try {
    await bundleInto(fresh);
    const chunks = readdirSync(join(fresh, 'chunks'));
    for (const name of chunks) renameSync(join(fresh, 'chunks', name), join(dist, 'chunks', name));
    // The time at which the sources were read: whatever changed during the build is newer.
    utimesSync(join(fresh, 'loupe.js'), startedAt, startedAt);
    // The command line comes last: what it starts is there before it.
    for (const name of Object.keys(entries).reverse()) {
      renameSync(join(fresh, `${name}.js.map`), join(dist, `${name}.js.map`));
      renameSync(join(fresh, `${name}.js`), join(dist, `${name}.js`));
    }
    removeOld(new Set(chunks));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function bundleInto(folder) {
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(root, file)])),
    cwd: root,
    platform: 'node',
    external: ['onnxruntime-node', 'sharp'],
    logLevel: 'warn',
  });
  try {
    await bundle.write({
      dir: folder,
      format: 'esm',
      sourcemap: true,
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
    });
  } finally {
    await bundle.close();
  }
}

function removeOld(current) {
  for (const name of readdirSync(join(dist, 'chunks'))) {
    const path = join(dist, 'chunks', name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (!current.has(name) && age > chunkLifetime) rmSync(path, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build();
  const { buildPage } = await import('./buildPage.js');
  await buildPage();
}
