// Writes docs/architectures.md from the registry: npx tsx scripts/listArchitectures.ts
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { sizeOf } from '../core/base/shape.ts';
import { type BuiltNetwork, buildNetwork } from '../core/nn/buildNetwork.ts';
import type { Architecture } from '../models/architectures/define.ts';
import { architectures } from '../models/architectures/registry.ts';

const introduction = `# Architectures

Networks that Loupe builds itself (\`models/architectures/\`). This list is made from the definitions
(\`npx tsx scripts/listArchitectures.ts\`); a test fails when it is out of date. Input and number of parameters are those of the
defaults. Every architecture takes \`classes\`, \`channels\` and \`size\` (height and width of the input); the others are below.

*Names*: whose parameter names it has, so that its state dictionaries (safetensors) fit: **torchvision**; **akamaster**
(pytorch_resnet_cifar10); **xternalz** (WideResNet-pytorch); or **own**. Names, shapes and logits are checked against PyTorch's networks
(\`tests/golden/architectures.py\`).

A graph is written in its form for inference: Dropout and BatchNormalization with running statistics stand in it as ONNX operators, and
weights begin as the authors, or torchvision, draw them. The values of a parameter depend on the seed and on its name only.
`;

const parameterSchema = z.object({ title: z.string(), description: z.string(), default: z.unknown() });

const common = new Set(['classes', 'channels', 'size']);

/** Number of trainable numbers, as PyTorch counts them. */
function parameterCount({ graph, parameters }: BuiltNetwork): number {
  return parameters.reduce((sum, name) => sum + sizeOf(graph.constants.get(name)?.dims ?? []), 0);
}

function row(architecture: Architecture): string {
  const built = buildNetwork(architecture, {}, { seed: 0 });
  const { channels, height, width } = built.input;
  const count = parameterCount(built).toLocaleString('en');
  const { id, citation, naming } = architecture;
  return `| \`${id}\` | ${channels}×${height}×${width} | ${built.classes} | ${count} | ${naming} | ${citation} |`;
}

/** Notes and parameters other than those that all have; empty where there are none. */
function details({ params, notes = [] }: Architecture): string {
  const { properties = {} } = z.toJSONSchema(params, { io: 'input' });
  const own = Object.entries(properties).filter(([name]) => !common.has(name));
  const lines = own.map(([name, property]) => {
    const { description, default: initial } = parameterSchema.parse(property);
    return `- \`${name}\` (${JSON.stringify(initial)}): ${description}`;
  });
  return [...notes.flatMap((note) => [note, '']), ...lines, ''].join('\n');
}

/** One section for all architectures that have the same details. */
function sections(all: readonly Architecture[]): string[] {
  const groups = new Map<string, Architecture[]>();
  for (const each of all) {
    const text = details(each);
    if (text !== '') groups.set(text, [...(groups.get(text) ?? []), each]);
  }
  return [...groups].flatMap(([text, members]) => [
    `### ${members.map(({ id }) => `\`${id}\``).join(', ')}`,
    '',
    text,
  ]);
}

/** The text of docs/architectures.md. */
export function architecturesDocument(): string {
  const all = [...architectures.values()];
  return [
    introduction,
    '| id | input | classes | parameters | names | citation |',
    '|---|---|---|---|---|---|',
    ...all.map(row),
    '',
    '## Parameters and notes',
    '',
    ...sections(all),
  ]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}

const output = fileURLToPath(new URL('../docs/architectures.md', import.meta.url));
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(output, architecturesDocument());
