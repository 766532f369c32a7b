// Writes docs/methods.md from the catalogue: npx tsx scripts/listMethods.ts
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { catalogue } from '../core/engine/catalogue.ts';
import { type Method, paramsSchema } from '../core/method/define.ts';
import { type RunCommand, runCommands } from '../core/protocol/method.ts';

const introduction = `# Methods

Every method of Loupe with its parameters. This list is made from the definitions (\`npx tsx scripts/listMethods.ts\`); a test fails
when it is out of date. Each parameter is a flag of the command (\`stepSize\` is \`--step-size\`), checked against its range, and kept in
the recipe. Numbers may be typed as fractions: \`--epsilon 8/255\`. Pixels are in [0, 1] everywhere.
`;

const headings: Readonly<Record<RunCommand | 'defence', string>> = {
  explain: '## Attribution: `loupe explain`',
  features: '## Features: `loupe features`',
  examples: '## Dataset examples: `loupe examples`',
  dream: '## DeepDream: `loupe dream`',
  style: '## Style transfer: `loupe style`',
  attack: '## Attacks: `loupe attack`',
  robustness: '## Robustness: `loupe robustness`',
  defence: '## Defences: `--defence ID` or `--defence ID:NAME=VALUE,…`',
};

const parameterSchema = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  default: z.unknown(),
  description: z.string(),
  unit: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});

type Parameter = z.infer<typeof parameterSchema>;

const parametersOf = (method: Method): Record<string, Parameter> =>
  z.object({ properties: z.record(z.string(), parameterSchema).default({}) }).parse(paramsSchema(method))
    .properties;

function describeMethod(method: Method): string {
  const { id, title, description, citation, compiles, command } = method;
  const compiled = compiles && command !== undefined ? ' `loupe compile` makes an ONNX model of it.' : '';
  const parameters = Object.entries(parametersOf(method));
  const rows = parameters.map(
    ([name, parameter]) =>
      `| \`${name}\` | ${valuesOf(parameter)} | ${shown(parameter.default)} | ${cell(parameter.description)}${unitOf(parameter)} |`,
  );
  const table =
    rows.length === 0 ? [] : ['', '| parameter | values | default | meaning |', '|---|---|---|---|', ...rows];
  return [`### \`${id}\`: ${title}`, '', `${description} (${citation})${compiled}`, ...table, ''].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

const unitOf = ({ unit }: Parameter): string => (unit === undefined ? '' : ` [${unit}]`);

function valuesOf({ type, enum: choices, minimum, maximum }: Parameter): string {
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (type !== 'number' && type !== 'integer') return type ?? '';
  const [low, high] = [minimum, maximum].map((bound) => (bound === undefined ? '…' : shownNumber(bound)));
  return `${type === 'integer' ? 'whole, ' : ''}${low} to ${high}`;
}

function shown(value: unknown): string {
  if (typeof value === 'number') return shownNumber(value);
  return value === '' ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** Numbers of the pixel grid as people say them. */
function shownNumber(value: number): string {
  const levels = value * 255;
  const onGrid = Math.abs(levels - Math.round(levels)) < 1e-9 && value > 0 && value < 1;
  return onGrid ? `${Math.round(levels)}/255` : String(value);
}

/** The text of docs/methods.md. */
export function methodsDocument(): string {
  const sections = [...runCommands, undefined].map((command) => {
    const listed = [...catalogue.values()].filter((method) => method.command === command);
    return [headings[command ?? 'defence'], '', ...listed.map(describeMethod)].join('\n');
  });
  return `${[introduction, ...sections].join('\n').trimEnd()}\n`;
}

const output = fileURLToPath(new URL('../docs/methods.md', import.meta.url));
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(output, methodsDocument());
