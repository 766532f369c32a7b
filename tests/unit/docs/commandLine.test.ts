import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../core/cli/command.ts';
import { commands } from '../../../core/cli/commands/index.ts';
import { propertiesOf } from '../../../core/cli/methodFlags.ts';
import { noProgress } from '../../../core/cli/progress.ts';
import { catalogue } from '../../../core/engine/catalogue.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/command-line.md'), 'utf8');
const context: CommandContext = {
  signal: new AbortController().signal,
  progress: noProgress,
  print: () => undefined,
  note: () => undefined,
};

/** The flags that several commands share stand before the commands. */
const shared = text.slice(0, text.indexOf('\n## `loupe info'));
/** Parameters of methods are in docs/methods.md, which is made from the catalogue. */
const parameters = new Set(
  [...catalogue.values()].flatMap((method) => Object.keys(propertiesOf(method)).flatMap(flagsFor)),
);

function flagsFor(name: string): string[] {
  const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return [`--${kebab}`, `--no-${kebab}`];
}

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
      const isParameter = section.includes('the parameters of the methods') && parameters.has(flag);
      const isShared = section.includes('the shared flags') && shared.includes(`| \`${flag}`);
      expect(inSection || isParameter || isShared, flag).toBe(true);
    }
  });

  it('describes no command that does not exist', () => {
    const described = [...text.matchAll(/^## `loupe (\w+)/gm)].map(([, name = '']) => name);
    expect(described.sort()).toEqual(commands.map(({ name }) => name).sort());
  });
});
