import type { Composite } from '../autodiff/composite.ts';
import { expected } from '../base/errors.ts';
import { formatShape, sizeOf } from '../base/shape.ts';
import { float32, int64 } from '../base/tensor.ts';
import { freeNames } from '../graph/freeNames.ts';
import { type Graph, type Node, int, ints } from '../graph/ir.ts';
import type { InputCard } from '../protocol/card.ts';
import { foldBatchNorm } from '../passes/foldBatchNorm.ts';
import { prune } from '../passes/prune.ts';
import { specialise } from '../passes/specialise.ts';
import { newBuilder } from '../ops/registry.ts';
import { type OutputActivation, findLogits } from './logits.ts';

/**
 * A model at one batch size with its preprocessing in the graph: the input is an image in pixel
 * space, so gradients, budgets and bounds are in pixels too.
 */
export interface Network {
  readonly graph: Graph;
  /** Input [N, C, H, W], RGB or grey, in [0, 1]. */
  readonly image: string;
  /** Logits [N, classes]. */
  readonly logits: string;
  readonly classes: number;
  /** What makes probabilities of the logits. */
  readonly activation: OutputActivation;
  /** Backward rules of stages in front of the network (defences); every gradient takes them first. */
  readonly rules?: Composite;
}

/** The name of the image input of every network and of every exported explanation. */
export const imageInput = 'image';

/** The name of the class input: int64 [N]; −1 stands for the class with the greatest logit. */
export const targetInput = 'target';

/** Names of a file's own values that are given up for those of inputs. */
export const reservedNames = [imageInput, targetInput];

/** Puts preprocessing before `graph`, binds the batch size, types and simplifies it. */
export function buildNetwork(file: Graph, card: InputCard, batch: number, logitsName?: string): Network {
  const { graph, current } = freeNames(file, reservedNames);
  const [input, ...others] = graph.inputs;
  if (input === undefined || others.length > 0) {
    throw expected('badGraph', {
      wanted: 'one input, an image',
      for: 'the model',
      received:
        input === undefined
          ? 'none'
          : `${graph.inputs.length} (${graph.inputs.map(({ name }) => name).join(', ')})`,
    });
  }
  const shape = [batch, card.channels, card.height, card.width];
  const { logits, activation } = findLogits(
    graph,
    logitsName === undefined ? undefined : current(logitsName),
  );
  const prepared = specialise(withPreprocessing(graph, input.name, card), { [imageInput]: shape });
  const typed = prune(foldBatchNorm(prune(prepared, [logits])), [logits]);
  return { ...asRows(typed, logits, batch), activation };
}

/**
 * v = lo + x (hi − lo), then (v − mean)/std, as one Mul and one Add; BGR first gathers the channels in that
 * order, and a network with its channels last gets them last.
 */
export function withPreprocessing(graph: Graph, inputName: string, card: InputCard): Graph {
  const [lo, hi] = card.range;
  const perChannel = (values: readonly number[]) => float32(values, [1, card.channels, 1, 1]);
  const order = card.colourOrder === 'BGR' ? [2, 1, 0] : Array.from({ length: card.channels }, (_, c) => c);
  const scale = order.map((_, c) => (hi - lo) / (card.std[c] ?? 1));
  const shift = order.map((_, c) => (lo - (card.mean[c] ?? 0)) / (card.std[c] ?? 1));
  const constants = new Map(graph.constants);
  const nodes: Node[] = [];
  let value = imageInput;
  const step = (opType: string, inputs: string[], last: boolean, attributes: Node['attributes'] = {}) => {
    const name = `preprocessing/${opType}`;
    const output = last ? inputName : name;
    nodes.push({ name, opType, domain: '', inputs: [value, ...inputs], outputs: [output], attributes });
    value = output;
  };
  if (card.colourOrder === 'BGR') {
    constants.set('preprocessing/order', int64(order));
    step('Gather', ['preprocessing/order'], false, { axis: int(1) });
  }
  constants.set('preprocessing/scale', perChannel(scale)).set('preprocessing/shift', perChannel(shift));
  const channelsLast = card.layout === 'NHWC';
  step('Mul', ['preprocessing/scale'], false);
  step('Add', ['preprocessing/shift'], !channelsLast);
  if (channelsLast) step('Transpose', [], true, { perm: ints([0, 2, 3, 1]) });
  const dims = ['N', card.channels, card.height, card.width];
  return {
    ...graph,
    constants,
    inputs: [{ name: imageInput, type: 'float32', dims }],
    nodes: [...nodes, ...graph.nodes],
  };
}

/** Logits as [N, classes]; a trailing 1×1 extent is dropped. */
function asRows(graph: Graph, logits: string, batch: number): Omit<Network, 'activation'> {
  const shape = graph.types.get(logits)?.shape ?? [];
  const classes = sizeOf(shape) / batch;
  const rows = shape[0] === batch && (shape[1] ?? 1) === classes && shape.length >= 2;
  if (!rows && !(shape.length === 1 && batch === 1)) {
    throw expected('badGraph', {
      wanted: 'one score a class, [N, classes]',
      for: `the output "${logits}"`,
      received: formatShape(shape),
      advice: 'Name the value with the class scores as "logits" in a model.card.json beside the file.',
    });
  }
  if (shape.length === 2) return { graph, image: imageInput, logits, classes };
  const b = newBuilder(graph);
  const flat = b.add('Reshape', [logits, b.axes([batch, classes])], {}, { name: `${logits}/rows` });
  return { graph: b.build([flat], graph), image: imageInput, logits: flat, classes };
}
