import type { z } from 'zod';
import type { Composite } from '../autodiff/composite.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Method, MethodText } from '../method/define.ts';

/** What a defence emitted. */
export interface EmittedDefence {
  /** The defended image, of the image's shape. */
  readonly image: string;
  /** Backward rules where the backward pass is not the derivative (straight-through); `stage.ts` confines them to its nodes. */
  readonly rules?: Composite;
}

/** A stage in front of the network: image [N, C, H, W] in [0, 1] to image. */
export interface DefenceDefinition extends Method {
  readonly kind: 'defence';
  readonly emit: (
    b: GraphBuilder,
    image: string,
    params: Readonly<Record<string, unknown>>,
  ) => EmittedDefence;
}

/** Defines a defence that transforms the input. */
export function defineDefence<Schema extends z.ZodObject>(
  definition: MethodText<Schema> & {
    emit: (b: GraphBuilder, image: string, params: z.output<Schema>) => EmittedDefence;
  },
): DefenceDefinition {
  const { params, emit } = definition;
  return Object.freeze({
    kind: 'defence',
    command: undefined,
    compiles: true,
    ...definition,
    emit: (b, image, given) => emit(b, image, params.parse(given)),
  } satisfies DefenceDefinition);
}
