// Bundles the command line into dist/: one entry and one chunk a command, so that `loupe --help` loads
// almost nothing. onnxruntime-node and sharp hold native code and stay outside.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Builds dist/loupe.js from core/cli/main.ts. */
export async function build() {
  const bundle = await rolldown({
    input: { loupe: join(root, 'core/cli/main.ts') },
    cwd: root,
    platform: 'node',
    external: ['onnxruntime-node', 'sharp'],
    logLevel: 'warn',
  });
  try {
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    await bundle.write({
      dir: join(root, 'dist'),
      format: 'esm',
      sourcemap: true,
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
    });
  } finally {
    await bundle.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
