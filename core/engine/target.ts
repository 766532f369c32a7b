import { readFileSync } from 'node:fs';
import { LoupeError, expected, messageOf } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';
import { decodeNpy } from '../base/npy.ts';
import { floatsOf } from '../base/tensor.ts';
import { type Model, labelOf, networkOf } from '../model/model.ts';
import { type Target, topClass } from '../protocol/target.ts';

/** The forms in which a person writes a target, for help texts and errors. */
export const targetForms =
  'top, a class index or label, "A vs B", logProbability:CLASS, channel:LAYER:C, unit:LAYER:C:ROW:COLUMN, layer:LAYER or direction:LAYER:FILE.npy';

/** Reads a target as a person writes it; see `targetForms`. A label may be whole, or the only one that contains the words. */
export function parseTarget(text: string, model: Model): Target {
  const kind = /^(logProbability|channel|unit|layer|direction):(.+)$/s.exec(text);
  if (kind !== null) return parseKind(kind[1] ?? '', kind[2] ?? '', model);
  const [left, right, ...rest] = text.split(/\s+vs\.?\s+/);
  if (left !== undefined && right !== undefined && rest.length === 0) {
    return { kind: 'difference', class: parseClass(left, model), against: fixedClass(right, model) };
  }
  if (text === 'top') return topClass;
  return { kind: 'class', class: parseClass(text, model), of: 'logit' };
}

function parseKind(kind: string, rest: string, model: Model): Target {
  if (kind === 'logProbability')
    return { kind: 'class', class: parseClass(rest, model), of: 'logProbability' };
  if (kind === 'layer') return { kind: 'layer', layer: rest };
  const parts = rest.split(':');
  const numbers = kind === 'unit' ? 3 : 1;
  const [tail, layer] = [parts.slice(-numbers), parts.slice(0, -numbers).join(':')];
  if (layer === '') throw malformed(kind, rest);
  if (kind === 'direction') return { kind, layer, vector: readVector(tail[0] ?? '') };
  const [channel = -1, row = -1, column = -1] = tail.map((part) => (/^\d+$/.test(part) ? Number(part) : -1));
  if (channel < 0 || (kind === 'unit' && (row < 0 || column < 0))) throw malformed(kind, rest);
  return kind === 'unit' ? { kind, layer, channel, row, column } : { kind: 'channel', layer, channel };
}

const malformed = (kind: string, rest: string): LoupeError =>
  expected('badArgument', {
    wanted:
      {
        channel: 'channel:LAYER:C',
        unit: 'unit:LAYER:C:ROW:COLUMN',
        direction: 'direction:LAYER:FILE.npy',
      }[kind] ?? kind,
    for: 'the target',
    received: `${kind}:${rest}`,
  });

function readVector(file: string): number[] {
  try {
    return [...floatsOf(decodeNpy(readFileSync(file), file))];
  } catch (error) {
    if (error instanceof LoupeError) throw error;
    throw new LoupeError('badFile', `The direction ${file} could not be read: ${messageOf(error)}.`);
  }
}

function fixedClass(text: string, model: Model): number {
  const found = parseClass(text, model);
  if (found !== 'top') return found;
  throw new LoupeError('badArgument', 'The class that "top" is compared with must be named.');
}

/** A class as a person writes it: `top`, an index, or a label. */
export function parseClass(text: string, model: Model): 'top' | number {
  if (text === 'top') return 'top';
  if (/^-?\d+$/.test(text)) {
    return checkedIndex(Number(text), model.card.labels.length || networkOf(model).classes);
  }
  const { labels } = model.card;
  const wanted = text.toLowerCase();
  const exact = labels.findIndex((label) => label.toLowerCase() === wanted);
  if (exact >= 0) return exact;
  const containing = labels.flatMap((label, index) => (label.toLowerCase().includes(wanted) ? [index] : []));
  const [only] = containing;
  if (only !== undefined && containing.length === 1) return only;
  if (containing.length > 1) {
    const some = containing
      .slice(0, 6)
      .map((index) => `${index} "${labels[index] ?? ''}"`)
      .join(', ');
    throw new LoupeError(
      'badArgument',
      `"${text}" fits ${containing.length} classes: ${some}${containing.length > 6 ? ', …' : ''}. Give the index.`,
    );
  }
  const advice = labels.length === 0 ? ' This model has no labels; give an index.' : suggestion(text, labels);
  throw new LoupeError('notFound', `There is no class "${text}".${advice}`);
}

/** An index, if the model has such a class. */
function checkedIndex(index: number, classes: number): number {
  if (Number.isInteger(index) && index >= 0 && index < classes) return index;
  throw expected('badArgument', {
    wanted: `"top", a label or a class index from 0 to ${classes - 1}`,
    for: 'the target',
    received: String(index),
  });
}

/** The target with its class as a number: what `top` stands for is `index`. */
export function withClass(target: Target, index: number): Target {
  return 'class' in target && target.class === 'top' ? { ...target, class: index } : target;
}

/** `tabby`, `tabby against tiger cat`, `log-probability of tabby`, `channel 3 of fire9`. */
export function describeTarget(target: Target, model: Model, top: number): string {
  const nameOf = (index: 'top' | number): string => labelOf(model, index === 'top' ? top : index);
  switch (target.kind) {
    case 'class':
      return target.of === 'logit' ? nameOf(target.class) : `log-probability of ${nameOf(target.class)}`;
    case 'difference':
      return `${nameOf(target.class)} against ${nameOf(target.against)}`;
    case 'channel':
      return `channel ${target.channel} of ${target.layer}`;
    case 'unit':
      return `unit ${target.channel} at (${target.row}, ${target.column}) of ${target.layer}`;
    case 'layer':
      return `layer ${target.layer}`;
    case 'direction':
      return `a direction of ${target.layer}`;
  }
}
