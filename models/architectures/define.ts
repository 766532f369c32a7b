import type { z } from 'zod';
import type { InputShape, NetworkDefinition } from '../../core/nn/buildNetwork.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';

/** Whose names the parameters have, so that its state dictionaries fit. */
export type Naming = 'torchvision' | 'akamaster' | 'xternalz' | 'own';

interface ArchitectureText {
  readonly id: string;
  readonly title: string;
  readonly citation: string;
  readonly naming: Naming;
  /** Where it differs from the paper or from torchvision; a sentence each. */
  readonly notes?: readonly string[];
}

export interface Architecture extends NetworkDefinition, ArchitectureText {}

/** Defines a network: its parameters with defaults, the picture it takes, and its layers, which end in logits [N, classes]. */
export function defineArchitecture<Schema extends z.ZodObject>(
  definition: ArchitectureText & {
    readonly params: Schema;
    readonly input: (params: z.output<Schema>) => InputShape;
    readonly build: (params: z.output<Schema>) => Layer;
  },
): Architecture {
  const { params, input, build } = definition;
  return Object.freeze({
    ...definition,
    input: (given) => input(params.parse(given)),
    build: (given) => build(params.parse(given)),
  } satisfies Architecture);
}
