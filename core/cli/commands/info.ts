import path from 'node:path';
import { formatShape } from '../../base/shape.ts';
import { type Model, openModel } from '../../model/model.ts';
import { type ModelSummary, summarise } from '../../model/summary.ts';
import type { InputCard } from '../../protocol/card.ts';
import type { CommandModule } from '../command.ts';
import { cardOption, jsonOption } from '../options.ts';
import { formatCount, formatTable } from '../table.ts';

interface InfoOptions {
  readonly json?: boolean;
  readonly card?: string;
}

export const info: CommandModule = {
  configure(command, context) {
    command
      .argument('<model>', 'an ONNX file')
      .addOption(cardOption())
      .addOption(jsonOption())
      .action(async (file: string, options: InfoOptions) => {
        context.progress.report(`reading ${file}`);
        const model = await openModel(file, options.card);
        const summary = summarise(model);
        const lines = options.json === true ? [toJson(model, summary)] : describe(model, summary);
        for (const line of lines) context.print(line);
      });
  },
};

function toJson(
  { path: file, name, sha256, card, cardOrigin, guesses }: Model,
  summary: ModelSummary,
): string {
  return JSON.stringify({ path: file, name, sha256, card, cardOrigin, guesses, ...summary }, undefined, 2);
}

function describe(model: Model, summary: ModelSummary): string[] {
  return [
    `${model.name}  (${path.basename(model.path)}, sha256 ${model.sha256.slice(0, 12)}…)`,
    '',
    ...facts(model, summary),
    '',
    ...describeGuesses(model),
    ...describeLayers(summary),
  ];
}

/** Name and value pairs, aligned. */
function facts(model: Model, summary: ModelSummary): string[] {
  const { card, cardOrigin } = model;
  const rows = [
    ['inputs', summary.inputs.map(({ name, dims }) => `${name} ${formatShape(dims)}`).join(', ')],
    ['outputs', summary.outputs.join(', ')],
    ['classes', describeClasses(model, summary)],
    ['logits', card.logits],
    ['card', cardOrigin],
    ...describeInput(card.input),
    ['parameters', formatCount(summary.parameters)],
    ['multiply-adds', `${formatCount(summary.multiplyAdds)} a picture`],
    [
      'operators',
      Object.entries(summary.operators)
        .map(([name, count]) => `${name} ${count}`)
        .join(', '),
    ],
    ['no gradient', describeObstacles(summary)],
    ...Object.entries({
      'look at': card.layers?.join(', '),
      licence: card.licence,
      source: card.source,
    }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ];
  return formatTable([{ title: '' }, { title: '' }], rows).slice(1);
}

function describeClasses({ card }: Model, { classes }: ModelSummary): string {
  const [first = '', second = ''] = card.labels;
  return `${classes} (${[first, second, '…', card.labels.at(-1) ?? ''].join(', ')})`;
}

function describeInput(input: InputCard): string[][] {
  const { resize, width, height, range, mean, std } = input;
  const fitting = {
    shorterSide: `shorter side to ${resize.mode === 'shorterSide' ? resize.size : 0}, centre ${width}x${height}`,
    stretch: `stretched to ${width}x${height}`,
    none: `${width}x${height} as they are`,
  }[resize.mode];
  const normalised = `[${range.join(', ')}], minus ${mean.join(' ')}, divided by ${std.join(' ')}`;
  const plain = mean.every((value) => value === 0) && std.every((value) => value === 1);
  return [
    ['pictures', `${fitting}, ${input.colourOrder}`],
    ['values', plain ? `[${range.join(', ')}]` : normalised],
  ];
}

function describeObstacles({ withoutGradient }: ModelSummary): string {
  if (withoutGradient.length === 0) return 'every operator between picture and logits has one';
  return withoutGradient
    .map(
      ({ opType, nodes }) =>
        `${opType} (${nodes.length} node${nodes.length === 1 ? '' : 's'}: ${nodes.slice(0, 3).join(', ')})`,
    )
    .join(', ');
}

function describeGuesses({ guesses }: Model): string[] {
  if (guesses.length === 0) return [];
  const rows = guesses.map(({ field, value, reason }) => [`  ${field}`, value, reason]);
  const table = formatTable([{ title: '' }, { title: '' }, { title: '' }], rows).slice(1);
  return ['guessed; a model.card.json beside the file overrides it:', ...table, ''];
}

function describeLayers({ layers }: ModelSummary): string[] {
  const columns = [
    { title: 'layer' },
    { title: 'operator' },
    { title: 'shape', right: true },
    { title: 'parameters', right: true },
    { title: 'multiply-adds', right: true },
    { title: 'sees', right: true },
    { title: 'stride', right: true },
  ];
  const rows = layers.map((layer) => [
    layer.name,
    layer.opType,
    formatShape(layer.shape.slice(1)),
    formatCount(layer.parameters),
    formatCount(layer.multiplyAdds),
    layer.receptiveField === undefined ? '' : `${layer.receptiveField.size} px`,
    layer.receptiveField === undefined ? '' : String(layer.receptiveField.stride),
  ]);
  return formatTable(columns, rows);
}
