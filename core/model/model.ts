import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Graph } from '../graph/ir.ts';
import { openOnnx } from '../graph/onnx/open.ts';
import { inModel } from '../graph/onnx/parse.ts';
import type { CardFile, Guess, ModelCard } from '../protocol/card.ts';
import { type Network, buildNetwork } from './network.ts';
import { readCard } from './readCard.ts';

/** An opened model: its graph as it is in the file (normalised to one opset), and its card. */
export interface Model {
  readonly path: string;
  readonly name: string;
  /** SHA-256 of the model's file. */
  readonly sha256: string;
  readonly graph: Graph;
  readonly card: ModelCard;
  /** Where the card came from: the path of a card file, `catalogue`, or `inferred`. */
  readonly cardOrigin: string;
  /** What nobody said about the model and Loupe inferred; shown, and kept in the recipe. */
  readonly guesses: readonly Guess[];
}

/** Opens an ONNX file with a card or the path of one; else the one beside it, in the catalogue, or inferred. */
export async function openModel(file: string, given?: CardFile | string): Promise<Model> {
  const graph = openOnnx(file);
  const sha256 = await hashFile(file);
  const { card, guesses, origin } = await readCard({ graph, modelPath: file, sha256, card: given });
  return { path: file, name: card.name, sha256, graph, card, guesses, cardOrigin: origin };
}

/** The model at one batch size, with its preprocessing in the graph. Refusals name the file. */
export function networkOf(model: Model, batch = 1): Network {
  return inModel(model.path, () => buildNetwork(model.graph, model.card.input, batch, model.card.logits));
}

/** The name of a class, or `class 17` where the card has no labels. */
export function labelOf(model: Model, index: number): string {
  return model.card.labels[index] ?? `class ${index}`;
}

/** SHA-256 of a file that need not fit into memory. */
async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 2 ** 22 }), hash);
  return hash.digest('hex');
}
