#!/usr/bin/env node
// Starts the command line. In a checkout, dist/ is built first when a source file is newer than it.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);

/** Commands that show the workbench: only they need its page. */
const commandsWithPage = new Set(['serve']);

if (existsSync(join(root, 'core/cli/main.ts'))) {
  try {
    const { buildWhatIsStale } = await import(
      new URL('../scripts/buildWhatIsStale.js', import.meta.url).href
    );
    const command = args.find((argument) => !argument.startsWith('-'));
    await buildWhatIsStale({ page: commandsWithPage.has(command) });
  } catch (error) {
    console.error(`loupe: the source could not be built: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
// Stack traces that name the sources.
if (process.env.LOUPE_DEBUG === '1') process.setSourceMapsEnabled(true);

const { main } = await import(new URL('../dist/loupe.js', import.meta.url).href);
process.exitCode = await main(args);
