import { basename } from 'node:path';
import { LoupeError } from '../base/errors.ts';
import { formatShape } from '../base/shape.ts';
import type { Graph } from '../graph/ir.ts';
import type { CardFile, Guess, InputCard, LabelRule, ModelCard } from '../protocol/card.ts';
import { classesAt } from './classes.ts';
import { ownPreprocessing } from './firstSteps.ts';
import { labelFilesBeside, labelsByRule, numberedLabels, readLabels } from './labels.ts';
import { findLogits } from './logits.ts';

/** A complete card, and what of it was supposed. */
export interface InferredCard {
  readonly card: ModelCard;
  readonly guesses: readonly Guess[];
}

/** What a person or the catalogue said; `labels` are already read. */
export type KnownCard = Omit<CardFile, 'labels'> & { readonly labels?: readonly string[] | undefined };

/** Width and height of nearly every network for photographs. */
const usualSize = 224;
const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** The size and layout that a graph declares for its image input; undefined sizes are left open by the file. */
export interface DeclaredInput {
  readonly layout: 'NCHW' | 'NHWC';
  readonly channels: number | undefined;
  readonly height: number | undefined;
  readonly width: number | undefined;
}

/** Reads the declared dimensions of the graph's first input; the last axis holds the colours if it alone is 1 or 3. */
export function declaredInput(graph: Graph): DeclaredInput {
  const [input] = graph.inputs;
  if (input?.dims.length !== 4) {
    const received = input === undefined ? 'no input' : `${input.name} of shape ${formatShape(input.dims)}`;
    throw new LoupeError(
      'badGraph',
      `Expected an image input of four axes [N, C, H, W] for the model but received ${received}.`,
    );
  }
  const [, second, third, last] = input.dims.map((dim) => (typeof dim === 'number' ? dim : undefined));
  const isColour = (dim: number | undefined): boolean => dim === 1 || dim === 3;
  if (isColour(last) && !isColour(second) && second !== undefined) {
    return { layout: 'NHWC', height: second, width: third, channels: last };
  }
  return { layout: 'NCHW', channels: second, height: third, width: last };
}

/**
 * Completes what is known of a card from the graph and from the files beside the model. Everything that neither says is
 * guessed from what most networks of that kind do, and every guess is reported with its reason.
 */
export async function inferCard(
  graph: Graph,
  modelPath: string,
  known: KnownCard = {},
): Promise<InferredCard> {
  const guesses: Guess[] = [];
  const { logits } = findLogits(graph, known.logits);
  const classes = known.labels?.length ?? classesAt(graph, logits);
  const input = inferInput(graph, classes, known.input ?? {}, guesses);
  const labels = known.labels ?? (await inferLabels(modelPath, classes ?? 0, input, guesses));
  const { name, layers, licence, source } = known;
  const card: ModelCard = {
    name: name ?? basename(modelPath).replace(/\.[^.]+$/, ''),
    input,
    labels,
    logits,
    ...(layers === undefined ? {} : { layers }),
    ...(licence === undefined ? {} : { licence }),
    ...(source === undefined ? {} : { source }),
  };
  return { card, guesses };
}

type KnownInput = NonNullable<CardFile['input']>;

function inferInput(
  graph: Graph,
  classes: number | undefined,
  known: KnownInput,
  guesses: Guess[],
): InputCard {
  const declared = declaredInput(graph);
  const channels = inferChannels(declared.channels, known, guesses);
  const width = inferSize('width', declared.width, known, guesses);
  const height = inferSize('height', declared.height, known, guesses);
  const { range, mean, std } = inferScaling(graph, { channels, width, classes }, known, guesses);
  return {
    width,
    height,
    channels,
    layout: known.layout ?? declared.layout,
    colourOrder:
      known.colourOrder ??
      (channels === 1 ? 'grey' : guess(guesses, 'input.colourOrder', 'RGB', 'nearly all networks')),
    resize: known.resize ?? inferResize(width, height, guesses),
    range,
    mean: perChannel(mean, channels),
    std: perChannel(std, channels),
  };
}

function guess<T>(guesses: Guess[], field: string, value: T, reason: string): T {
  guesses.push({ field, value: typeof value === 'string' ? value : JSON.stringify(value), reason });
  return value;
}

function inferChannels(declared: number | undefined, known: KnownInput, guesses: Guess[]): 1 | 3 {
  if (known.channels !== undefined) return known.channels;
  if (declared === 1 || declared === 3) return declared;
  if (declared === undefined)
    return guess(guesses, 'input.channels', 3, 'the file leaves the number of channels open');
  throw new LoupeError(
    'badGraph',
    `Expected 1 or 3 channels for the model's image input but received ${declared}.`,
  );
}

function inferSize(
  side: 'width' | 'height',
  declared: number | undefined,
  known: KnownInput,
  guesses: Guess[],
): number {
  return (
    known[side] ??
    declared ??
    guess(
      guesses,
      `input.${side}`,
      usualSize,
      'the file leaves the size open; most networks for photographs use this',
    )
  );
}

/** The network's size is cut from the middle of a picture 256/224 as large, as networks for photographs are measured. */
function inferResize(width: number, height: number, guesses: Guess[]): InputCard['resize'] {
  if (width !== height) {
    return guess(guesses, 'input.resize', { mode: 'stretch' }, 'the input is not square');
  }
  const size = width < 128 ? width : Math.round((width * 256) / usualSize);
  return guess(
    guesses,
    'input.resize',
    { mode: 'shorterSide', size },
    width < 128 ? 'small inputs are filled' : 'the usual margin of 256 to 224',
  );
}

interface Scaling {
  readonly range: [number, number];
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

function inferScaling(
  graph: Graph,
  shape: { channels: number; width: number; classes: number | undefined },
  known: KnownInput,
  guesses: Guess[],
): Scaling {
  const fallback = usualScaling(graph, shape);
  // Somebody who gives a range and no mean means none: the usual mean belongs to the range [0, 1].
  const none = known.range !== undefined && (known.range[0] !== 0 || known.range[1] !== 1);
  const take = <K extends keyof Scaling>(field: K): Scaling[K] =>
    guess(guesses, `input.${field}`, fallback[field], fallback.reason);
  return {
    range: known.range ?? take('range'),
    mean: known.mean ?? (none ? [0] : take('mean')),
    std: known.std ?? (none ? [1] : take('std')),
  };
}

function usualScaling(
  graph: Graph,
  { channels, width, classes }: { channels: number; width: number; classes: number | undefined },
): Scaling & { reason: string } {
  const plain: Pick<Scaling, 'mean' | 'std'> = { mean: [0], std: [1] };
  const own = ownPreprocessing(graph);
  if (own !== undefined) {
    const reason = `the file begins with its own preprocessing (${own.operators.join(', ')})`;
    return { range: own.bytes ? [0, 255] : [0, 1], ...plain, reason };
  }
  if (channels === 1) {
    const reason =
      width === 28 && classes === 10 ? 'it looks like a network for MNIST digits' : 'usual for grey inputs';
    return { range: [0, 1], ...plain, reason };
  }
  return {
    range: [0, 1],
    ...imagenet,
    reason: 'usual for networks exported from PyTorch (ImageNet’s mean and deviation)',
  };
}

/** One number for all channels becomes one a channel. */
function perChannel(values: readonly number[], channels: number): number[] {
  return values.length === 1 ? Array.from({ length: channels }, () => values[0] ?? 0) : [...values];
}

async function inferLabels(
  modelPath: string,
  classes: number,
  input: InputCard,
  guesses: Guess[],
): Promise<readonly string[]> {
  for (const file of await labelFilesBeside(modelPath)) {
    const labels = await readLabels(file);
    if (labels.length !== classes) continue;
    const reason = `lies beside the model and has ${classes} names`;
    guesses.push({ field: 'labels', value: basename(file), reason });
    return labels;
  }
  const rule = ruleFor(classes, input);
  const labels = rule === undefined ? undefined : await labelsByRule(rule, modelPath);
  if (rule !== undefined && labels !== undefined) {
    guesses.push({ field: 'labels', value: rule, reason: `10 classes at ${input.width}x${input.height}` });
    return labels;
  }
  guesses.push({ field: 'labels', value: 'numbers', reason: 'no file of labels lies beside the model' });
  return numberedLabels(classes);
}

/** The data set that a network of this shape was most likely trained on. */
function ruleFor(classes: number, { channels, width }: InputCard): LabelRule | undefined {
  if (classes !== 10) return undefined;
  if (channels === 1 && width === 28) return 'digits';
  return channels === 3 && width === 32 ? 'cifar10' : undefined;
}
