import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loupe, removeFolders, samples, shapes, temporaryFolder } from './loupe.ts';

afterAll(removeFolders);

/** Resolves when there are files in `folder`. */
async function firstFile(folder: string): Promise<void> {
  while (!existsSync(folder) || readdirSync(folder).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops a long explanation on %s with exit code 130 and leaves no file, not even a hidden one',
    async (signal) => {
      const out = join(temporaryFolder(), 'out');
      const images = Array.from({ length: 400 }, (_, index) => samples[index % samples.length] ?? '');
      let filesBefore = 0;
      const { code, err } = await loupe(['explain', shapes, ...images, '--method', 'all', '--out', out], {
        onStart: (kill) =>
          void firstFile(out).then(() => {
            filesBefore = readdirSync(out).length;
            kill(signal);
          }),
      });
      expect(filesBefore).toBeGreaterThan(0);
      expect(code).toBe(130);
      expect(err).toMatch(/^loupe: stopped; nothing half-written was left\.$/m);
      expect(existsSync(out)).toBe(false);
    },
  );
});
