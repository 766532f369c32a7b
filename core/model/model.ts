import path from 'node:path';
import type { Graph } from '../graph/ir.ts';
import { openOnnx } from '../graph/onnx/open.ts';
import type { ModelCard } from './card.ts';
import type { Guess } from './inferCard.ts';
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
  /** What nobody said about the model and Loupe inferred; shown, and kept in the recipe. */
  readonly guesses: readonly Guess[];
}

/** Opens an ONNX file with the card beside it, the one in the catalogue, or an inferred one. */
export async function openModel(file: string): Promise<Model> {
  const graph = openOnnx(file);
  const { card, guesses, sha256 } = await readCard(file, graph);
  return { path: file, name: card.name ?? path.basename(file, '.onnx'), sha256, graph, card, guesses };
}

/** The model at one batch size, with its preprocessing in the graph. */
export function networkOf(model: Model, batch = 1): Network {
  return buildNetwork(model.graph, model.card.input, batch, model.card.logits);
}

/** The name of a class, or `class 17` where the card has no labels. */
export function labelOf(model: Model, index: number): string {
  return model.card.labels?.[index] ?? `class ${index}`;
}
