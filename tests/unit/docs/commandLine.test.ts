import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../core/cli/command.ts';
import { commands } from '../../../core/cli/commands/index.ts';
import { noProgress } from '../../../core/cli/progress.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/command-line.md'), 'utf8');
const context: CommandContext = {
  signal: new AbortController().signal,
  progress: noProgress,
  print: () => undefined,
  note: () => undefined,
};

/** The parameters of methods and the flags that several commands share stand before the commands. */
const shared = text.slice(0, text.indexOf('\n## `loupe info'));

describe('docs/command-line.md', () => {
  it.each(commands)('names every argument and flag of loupe $name', async ({ name, load }) => {
    const command = new Command(name);
    (await load()).configure(command, context);
    const start = text.indexOf(`\n## \`loupe ${name}`);
    expect(start).toBeGreaterThan(0);
    const section = text.slice(start, text.indexOf('\n## ', start + 1) >>> 0);
    const [heading = ''] = section.trimStart().split('\n', 1);
    for (const argument of command.registeredArguments) expect(heading).toContain(`<${argument.name()}`);
    for (const option of command.options) {
      const flag = option.long ?? '';
      const inSection = section.includes(`\`${flag}`);
      const isParameter = section.includes('the parameters of the methods') && shared.includes(`| \`${flag}`);
      expect(inSection || isParameter, flag).toBe(true);
    }
  });

  it('describes no command that does not exist', () => {
    const described = [...text.matchAll(/^## `loupe (\w+)/gm)].map(([, name = '']) => name);
    expect(described.sort()).toEqual(commands.map(({ name }) => name).sort());
  });
});
