import type { Command } from 'commander';
import { requireChecks, runLesson } from '../../engine/lesson.ts';
import { type Check, type LessonFinding, topics } from '../../lessons/define.ts';
import { lessonOf, lessons } from '../../lessons/registry.ts';
import type { TableResult } from '../../protocol/results.ts';
import type { CommandContext, CommandModule } from '../command.ts';
import { integerFrom, jsonOption } from '../options.ts';
import { type RuntimeFlags, addRuntimeFlags, withRuntime } from '../runtimeFlags.ts';
import { formatTable } from '../table.ts';

interface LessonFlags extends RuntimeFlags {
  readonly out: string;
  readonly seed: number;
  readonly json?: boolean;
}

export const lesson: CommandModule = {
  configure(command, context) {
    command
      .argument('[id]', 'a lesson; all are listed without')
      .option('--out <folder>', 'where pictures and tables go', 'out')
      .option('--seed <number>', 'seed of all random numbers', integerFrom(0), 0)
      .addOption(jsonOption());
    addRuntimeFlags(command);
    command.action(async (id: string | undefined) => {
      const flags = command.opts<LessonFlags>();
      if (id === undefined) list(flags, context);
      else await runOne(id, command, context);
    });
  },
};

/** All lessons by topic, with what each claims. */
function list({ json }: LessonFlags, { print }: CommandContext): void {
  const all = [...lessons.values()];
  if (json === true) {
    const described = all.map(({ id, topic, title, claim, citation }) => ({
      id,
      topic,
      title,
      claim,
      citation,
    }));
    print(JSON.stringify(described, undefined, 2));
    return;
  }
  const lines = topics.flatMap((topic) => [
    topic,
    ...all
      .filter((each) => each.topic === topic)
      .map(({ id, title, claim }) => `  ${id.padEnd(22)} ${title}. ${claim}`),
    '',
  ]);
  for (const line of lines) print(line);
}

async function runOne(id: string, command: Command, context: CommandContext): Promise<void> {
  const { out, seed, json, ...flags } = command.opts<LessonFlags>();
  const chosen = lessonOf(id);
  const { finding, files } = await withRuntime(flags, context, (runtime) =>
    runLesson({
      lesson: chosen,
      runtime,
      seed,
      out,
      signal: context.signal,
      onProgress: ({ done, total, what }) => context.progress.report(what, done / Math.max(1, total)),
    }),
  );
  context.progress.done();
  const { checks } = finding;
  if (json === true) context.print(JSON.stringify({ id, seed, checks, files }, undefined, 2));
  else for (const line of describe(chosen.claim, finding, files)) context.print(line);
  requireChecks(id, seed, checks);
}

function describe(claim: string, { results, checks }: LessonFinding, files: readonly string[]): string[] {
  const tables = results.flatMap((result) => (result.type === 'table' ? [...tableLines(result), ''] : []));
  return [claim, '', ...tables, ...checks.map(checkLine), '', ...files];
}

const numberText = (value: number): string => String(Number(value.toPrecision(4)));

const checkLine = ({ claim, value, holds }: Check): string =>
  `${holds ? 'holds  ' : 'FAILS  '}${numberText(value).padStart(10)}  ${claim}`;

function tableLines({ title, columns, rows }: TableResult): string[] {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? numberText(cell) : cell)));
  return [title, ...formatTable(columns, cells)];
}
