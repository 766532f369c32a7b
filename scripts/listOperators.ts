// Writes docs/operators.md from the registry: npx tsx scripts/listOperators.ts
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { OperatorDefinition } from '../core/ops/define.ts';
import { operators } from '../core/ops/registry.ts';

const introduction = `# Operators

Loupe reads ONNX files from opset 7 to the newest and brings them to opset 21, so that each operator has one form. This
list is made from the registry (\`npx tsx scripts/listOperators.ts\`); a test fails when it is out of date.

*Gradient*: **rule** — there is a derivative, which consists of operators with derivatives, so second order works too;
**zero** — the derivative is zero almost everywhere; **none** — no gradient passes, which is an error only where it would have to
(the sentence names the node). *Folded*: the operator is evaluated when the model is read if its inputs are known by then, as
exporters' arithmetic on shapes is.

A model with any other operator is refused with a sentence that names the node. So are quantised models and control flow
(\`If\`, \`Loop\`, \`Scan\`).
`;

const gradientOperators = `
## Gradient operators

Derivatives that ONNX has no operator for. They exist between differentiation and lowering only: each device runs them in
ordinary operators, and files that \`loupe compile\` writes contain none. They have derivatives themselves.
`;

function gradientOf({ vjp }: OperatorDefinition): string {
  if (vjp === 'zero') return 'zero';
  return vjp === 'nondifferentiable' ? 'none' : 'rule';
}

const isFolded = (definition: OperatorDefinition): boolean =>
  definition.evaluate !== undefined || definition.evaluateFromTypes !== undefined;

function table(definitions: readonly OperatorDefinition[]): string {
  const rows = definitions
    .toSorted((a, b) => (a.opType < b.opType ? -1 : 1))
    .map((each) => `| ${each.opType} | ${gradientOf(each)} | ${isFolded(each) ? 'yes' : ''} |`);
  return ['| operator | gradient | folded |', '|---|---|---|', ...rows, ''].join('\n');
}

/** The text of docs/operators.md. */
export function operatorsDocument(): string {
  const all = [...operators.values()];
  const standard = all.filter(({ domain }) => domain !== 'loupe');
  const own = all.filter(({ domain }) => domain === 'loupe');
  const count = `\n${standard.length} operators, ${standard.filter((each) => gradientOf(each) === 'rule').length} of them with a derivative:\n`;
  return [introduction, count, table(standard), gradientOperators, table(own)]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}

const output = fileURLToPath(new URL('../docs/operators.md', import.meta.url));
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(output, operatorsDocument());
