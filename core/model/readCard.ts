import { dirname, join } from 'node:path';
import { z } from 'zod';
import catalogueJson from '../../models/catalogue.json' with { type: 'json' };
import { LoupeError } from '../base/errors.ts';
import { fileExists, readBytes } from '../base/files.ts';
import { suggestion } from '../base/nearest.ts';
import type { Graph } from '../graph/ir.ts';
import { type CardFile, type Guess, type ModelCard, cardFileSchema } from '../protocol/card.ts';
import { parseCard } from './card.ts';
import { classesAt } from './classes.ts';
import { type InferredCard, type KnownCard, declaredInput, inferCard } from './inferCard.ts';
import { besideCard, isLabelRule, labelsByRule, numberedLabels, readLabels } from './labels.ts';
import { findLogits } from './logits.ts';

export interface ReadCard extends InferredCard {
  /** Where the card came from: the path of a card file, `given`, `catalogue`, or `inferred`. */
  readonly origin: string;
}

export interface ReadCardOptions {
  readonly graph: Graph;
  readonly modelPath: string;
  /** SHA-256 of the model file, by which the catalogue recognises it. */
  readonly sha256?: string;
  /** A card, or the path of one, that is used instead of the one beside the model. */
  readonly card?: CardFile | string | undefined;
}

const catalogueSchema = z.array(
  z.strictObject({ sha256: z.string().length(64), file: z.string(), card: cardFileSchema }),
);

/**
 * The card of a model: from the card file if there is one, else from the catalogue of known files, completed
 * by inference.
 *
 * @throws LoupeError badCard for a card that is not valid or contradicts the graph.
 */
export async function readCard(options: ReadCardOptions): Promise<ReadCard> {
  const { graph, modelPath } = options;
  const path = typeof options.card === 'object' ? undefined : (options.card ?? (await cardBeside(modelPath)));
  const found = await findCard(options, path);
  const guesses: Guess[] = [];
  const known = found === undefined ? {} : await withLabels(found, { graph, modelPath, path, guesses });
  const name = path ?? `of ${modelPath}`;
  checkKnown(known, graph, name);
  const inferred = await inferCard(graph, modelPath, known);
  checkComplete(inferred.card, graph, name);
  const origin = path ?? originOf(options.card, found);
  return { card: inferred.card, guesses: [...guesses, ...inferred.guesses], origin };
}

/** Where a card came from that is no file. */
function originOf(given: unknown, found: CardFile | undefined): string {
  if (given !== undefined) return 'given';
  return found === undefined ? 'inferred' : 'catalogue';
}

async function findCard(
  { card, sha256 }: ReadCardOptions,
  path: string | undefined,
): Promise<CardFile | undefined> {
  if (typeof card === 'object') return card;
  return path === undefined ? fromCatalogue(sha256) : readCardFile(path);
}

/** `NAME.card.json` or `model.card.json` in the model's folder. */
async function cardBeside(modelPath: string): Promise<string | undefined> {
  const own = `${modelPath.replace(/\.[^./\\]+$/, '')}.card.json`;
  const shared = join(dirname(modelPath), 'model.card.json');
  for (const path of [own, shared]) if (await fileExists(path)) return path;
  return undefined;
}

async function readCardFile(path: string): Promise<CardFile> {
  return parseCard(new TextDecoder().decode(await readBytes(path, 'model card')), path);
}

function fromCatalogue(sha256: string | undefined): CardFile | undefined {
  return catalogueSchema.parse(catalogueJson).find((entry) => entry.sha256 === sha256)?.card;
}

interface LabelSource {
  readonly graph: Graph;
  readonly modelPath: string;
  readonly path: string | undefined;
  readonly guesses: Guess[];
}

/** Replaces a rule or a path by the names themselves. */
async function withLabels(card: CardFile, source: LabelSource): Promise<KnownCard> {
  const { labels, ...rest } = card;
  if (labels === undefined || Array.isArray(labels)) return { ...rest, labels };
  if (!isLabelRule(labels))
    return { ...rest, labels: await readLabels(besideCard(source.path ?? source.modelPath, labels)) };
  const named = await labelsByRule(labels, source.modelPath);
  if (named !== undefined) return { ...rest, labels: named };
  const reason = `${labels}_classes.json does not lie beside the model`;
  source.guesses.push({ field: 'labels', value: 'numbers', reason });
  const classes = classesAt(source.graph, findLogits(source.graph, card.logits).logits);
  return { ...rest, labels: classes === undefined ? undefined : numberedLabels(classes) };
}

/** Refuses what is said of values and sizes that the graph says otherwise. */
function checkKnown(card: KnownCard, graph: Graph, name: string): void {
  const values = new Set(graph.nodes.flatMap((node) => node.outputs));
  if (card.logits !== undefined && !values.has(card.logits)) {
    throw contradiction(
      name,
      `names the logits "${card.logits}", but the graph has no such value.${suggestion(card.logits, values)}`,
    );
  }
  const declared = declaredInput(graph);
  for (const field of ['channels', 'width', 'height', 'layout'] as const) {
    const [said, fixed] = [card.input?.[field], declared[field]];
    if (said === undefined || fixed === undefined || said === fixed) continue;
    throw contradiction(name, `says input.${field} ${said}, but the graph's input has ${fixed}.`);
  }
}

/** Refuses a card whose parts do not agree with one another or with the number of classes. */
function checkComplete(card: ModelCard, graph: Graph, name: string): void {
  const { channels, colourOrder, mean, std, resize, width, height } = card.input;
  if ((colourOrder === 'grey') !== (channels === 1)) {
    throw contradiction(
      name,
      `says colour order ${colourOrder} for ${channels} channel${channels === 1 ? '' : 's'}.`,
    );
  }
  for (const [field, values] of Object.entries({ mean, std })) {
    if (values.length === channels) continue;
    throw contradiction(
      name,
      `gives ${values.length} numbers in input.${field} for ${channels} channel${channels === 1 ? '' : 's'}.`,
    );
  }
  if (resize.mode === 'shorterSide' && resize.size < Math.max(width, height)) {
    throw contradiction(
      name,
      `resizes the shorter side to ${resize.size}, less than the input of ${width}x${height}.`,
    );
  }
  const classes = classesAt(graph, card.logits);
  if (classes !== undefined && card.labels.length !== classes) {
    throw contradiction(
      name,
      `has ${card.labels.length} label${card.labels.length === 1 ? '' : 's'}, but the network has ${classes} classes.`,
    );
  }
}

const contradiction = (name: string, what: string): LoupeError =>
  new LoupeError('badCard', `The model card ${name} ${what}`);
