import type { Tensor } from '../../base/tensor.ts';
import { float32 } from '../../base/tensor.ts';
import { backward } from '../../autodiff/backward.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Graph } from '../../graph/ir.ts';
import type { MethodContext } from '../../method/context.ts';
import type { Network } from '../../model/network.ts';
import { newBuilder } from '../../ops/registry.ts';
import type { Program } from '../../runtime/program.ts';
import type { Norm } from '../define.ts';
import { emitProjection } from './ball.ts';
import { normalised, steepest } from './direction.ts';
import { type AttackLoss, emitLoss } from './loss.ts';

/** What the graph of a step depends on; ε, the step size and the decay are inputs. */
export interface StepKind {
  readonly norm: Norm;
  readonly loss: AttackLoss;
  readonly targeted: boolean;
  readonly momentum: boolean;
}

/** Values from which a step is emitted: the original image, the classes, scalars, and g of the step before. */
export interface StepInputs {
  readonly original: string;
  readonly classes: string;
  readonly epsilon: string;
  readonly stepSize: string;
  readonly momentum?: { readonly velocity: string; readonly decay: string };
}

export interface EmittedStep {
  /** The next image [N, C, H, W]. */
  readonly next: string;
  /** J of the image before the step, [N]. */
  readonly loss: string;
  /** g after the step, with momentum. */
  readonly velocity?: string;
}

/**
 * Emits x′ = Π(x ± α·direction(∇J(x, c))): up the loss of the class to leave, or down that of the class to reach, projected onto
 * ball ∩ [0, 1]. With momentum the direction is that of g′ = μg + ∇J/‖∇J‖₁ (Dong et al. 2018, eq. 6): the sign comes after the sum.
 */
export function emitStep(
  b: GraphBuilder,
  network: Network,
  kind: Omit<StepKind, 'momentum'>,
  inputs: StepInputs,
): EmittedStep {
  const { original, epsilon, stepSize, momentum } = inputs;
  const { loss, ascent } = emitLoss(b, network, inputs.classes, kind.loss);
  const [gradient = ''] = backward(b, {
    of: ascent,
    wrt: [network.image],
    composite: network.rules ?? [],
  });
  const velocity =
    momentum === undefined
      ? undefined
      : b.add('Add', [
          b.add('Mul', [momentum.velocity, momentum.decay]),
          normalised(b, gradient, 'ReduceL1'),
        ]);
  const step = b.add('Mul', [steepest(b, velocity ?? gradient, kind.norm), stepSize]);
  const moved = b.add(kind.targeted ? 'Sub' : 'Add', [network.image, step]);
  const next = emitProjection(b, kind.norm, { moved, original, epsilon });
  return { next, loss, ...(velocity === undefined ? {} : { velocity }) };
}

/** A step as a graph of its own, with the names of its inputs and outputs. */
export interface StepGraph {
  readonly graph: Graph;
  readonly inputs: Required<Omit<StepInputs, 'momentum'>> & { readonly image: string };
  readonly momentum: { readonly velocity: string; readonly decay: string } | undefined;
  readonly outputs: EmittedStep & { readonly logits: string };
}

export function stepGraph(network: Network, kind: StepKind): StepGraph {
  const b = newBuilder(network.graph);
  const image = b.typeOf(network.image);
  const scalar = { type: 'float32', shape: [] } as const;
  const fresh = (name: string, type: Parameters<GraphBuilder['input']>[1]): string =>
    b.input(b.fresh(name), type);
  const inputs = {
    original: fresh('original', image),
    classes: fresh('classes', { type: 'int64', shape: image.shape.slice(0, 1) }),
    epsilon: fresh('epsilon', scalar),
    stepSize: fresh('stepSize', scalar),
  };
  const momentum = kind.momentum
    ? { velocity: fresh('velocity', image), decay: fresh('decay', scalar) }
    : undefined;
  const emitted = emitStep(b, network, kind, momentum === undefined ? inputs : { ...inputs, momentum });
  const outputs = [
    emitted.next,
    emitted.loss,
    network.logits,
    ...(emitted.velocity === undefined ? [] : [emitted.velocity]),
  ];
  return {
    graph: b.build(outputs, network.graph),
    inputs: { ...inputs, image: network.image },
    momentum,
    outputs: { ...emitted, logits: network.logits },
  };
}

export interface StepProgram extends StepGraph {
  readonly program: Program;
}

/** The compiled step at a batch size. */
export async function stepProgram(
  context: MethodContext,
  kind: StepKind,
  batch: number,
): Promise<StepProgram> {
  const step = stepGraph(context.network(batch), kind);
  const key = `attack/step/${batch}/${kind.norm}/${kind.loss}/${kind.targeted}/${kind.momentum}`;
  return { ...step, program: await context.program(key, () => step.graph) };
}

/** A float32 scalar to feed. */
export function scalarOf(value: number): Tensor {
  return float32([value], []);
}
