import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { LoupeError, messageOf } from '../base/errors.ts';
import { fileExists, readBytes } from '../base/files.ts';
import { type LabelRule, labelRules } from '../protocol/card.ts';

const cifar10 = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/** Label files are small; anything larger is something else. */
const largestLabelFile = 16 * 2 ** 20;

const named = z.object({ index: z.int().min(0).optional(), name: z.string() });
const listSchema = z.union([
  z.array(z.string()),
  z.array(named),
  z.record(z.string(), z.union([z.string(), z.array(z.string()).min(1)])),
]);

export const isLabelRule = (text: string): text is LabelRule => labelRules.some((rule) => rule === text);

/** The names of a well-known set; undefined where they lie in a file that is not beside the model. */
export async function labelsByRule(rule: LabelRule, modelPath: string): Promise<string[] | undefined> {
  switch (rule) {
    case 'digits':
      return Array.from({ length: 10 }, (_, digit) => String(digit));
    case 'cifar10':
      return cifar10;
    case 'imagenet': {
      const path = join(dirname(modelPath), 'imagenet_classes.json');
      return (await fileExists(path)) ? readLabels(path) : undefined;
    }
  }
}

/** Files beside a model that may hold its classes' names, the most specific first. */
export async function labelFilesBeside(modelPath: string): Promise<string[]> {
  const stem = basename(modelPath).replace(/\.[^.]+$/, '');
  const names = [`${stem}.labels`, 'labels', 'classes', 'imagenet_classes'].flatMap((name) => [
    join(dirname(modelPath), `${name}.txt`),
    join(dirname(modelPath), `${name}.json`),
  ]);
  const present = await Promise.all(names.map(fileExists));
  return names.filter((_, index) => present[index] === true);
}

/**
 * Reads a list of labels: lines of text; or JSON as an array of names, an array of `{index, name}`, or an object from index to
 * name. The first of several comma-separated synonyms is the name that is shown.
 */
export async function readLabels(path: string): Promise<string[]> {
  const bytes = await readBytes(path, 'file of labels');
  if (bytes.length > largestLabelFile) {
    throw new LoupeError(
      'badCard',
      `The file of labels ${path} is too large (${bytes.length} bytes) to be one.`,
    );
  }
  const text = new TextDecoder().decode(bytes);
  const labels = path.endsWith('.json') ? parseJsonLabels(text, path) : parseLines(text);
  if (labels.length > 0) return labels;
  throw new LoupeError('badCard', `The file of labels ${path} is empty.`);
}

const parseLines = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

function parseJsonLabels(text: string, path: string): string[] {
  let parsed: z.infer<typeof listSchema>;
  try {
    parsed = listSchema.parse(JSON.parse(text));
  } catch (error) {
    const why =
      error instanceof z.ZodError ? 'it is neither a list of names nor of {index, name}' : messageOf(error);
    throw new LoupeError('badCard', `The file of labels ${path} cannot be used: ${why}.`, { cause: error });
  }
  return Array.isArray(parsed) ? fromList(parsed) : fromRecord(parsed);
}

function fromList(list: readonly (string | z.infer<typeof named>)[]): string[] {
  const labels: string[] = [];
  list.forEach((entry, position) => {
    if (typeof entry === 'string') labels[position] = entry;
    else labels[entry.index ?? position] = firstSynonym(entry.name);
  });
  return filled(labels);
}

/** `{"0": "tench"}` or, as Keras writes it, `{"0": ["n01440764", "tench"]}`. */
function fromRecord(record: Readonly<Record<string, string | readonly string[]>>): string[] {
  const labels: string[] = [];
  for (const [key, entry] of Object.entries(record)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index > 1e6) continue;
    labels[index] = firstSynonym(typeof entry === 'string' ? entry : (entry.at(-1) ?? ''));
  }
  return filled(labels);
}

const firstSynonym = (name: string): string => name.split(',')[0]?.trim() ?? name;

/** Names for the holes of a sparse list. */
const filled = (labels: readonly (string | undefined)[]): string[] =>
  Array.from(labels, (label, index) => label ?? `class ${index}`);

/** `class 0`, `class 1` … for a network whose classes have no names. */
export function numberedLabels(classes: number): string[] {
  return Array.from({ length: classes }, (_, index) => `class ${index}`);
}

/** A label path as a card gives it, relative to the card. */
export const besideCard = (cardPath: string, path: string): string => resolve(dirname(cardPath), path);
