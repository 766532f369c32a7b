import type { z } from 'zod';
import type { PictureFile } from '../data/picture.ts';
import type { MethodContext, PictureInput } from '../method/context.ts';
import type { Method, MethodText } from '../method/define.ts';
import type { Layer } from '../model/layers.ts';
import type { Progress, Result } from '../protocol/results.ts';
import type { Target } from '../protocol/target.ts';

/** Pictures of a role beside the main ones: the style of a transfer, the guide of a dream. */
export interface ReferenceRole {
  readonly role: string;
  readonly title: string;
  readonly description: string;
  readonly required: boolean;
}

export interface FeatureRun {
  readonly context: MethodContext;
  /** What is maximised, where the person said so. */
  readonly target: Target | undefined;
  /** The pictures: none for `nothing`, one for `image`, all of them for `images`. */
  readonly images: readonly PictureInput[];
  /** Pictures by role. */
  readonly references: Readonly<Record<string, readonly PictureFile[]>>;
  /** Resolves a layer reference of the model; records which layer was used. */
  readonly layer: (reference: string) => Layer;
}

type FeatureCommand = 'features' | 'examples' | 'dream' | 'style';

export interface FeatureDefinition extends Method {
  readonly kind: 'feature';
  readonly command: FeatureCommand;
  /** `nothing`: the network alone; `image`: a run an image; `images`: all at once. */
  readonly takes: 'nothing' | 'image' | 'images';
  readonly references: readonly ReferenceRole[];
  readonly run: (
    run: FeatureRun,
    params: Readonly<Record<string, unknown>>,
  ) => AsyncGenerator<Progress, readonly Result[]>;
}

/** Defines a method that makes pictures from what a network has learned. */
export function defineFeature<Schema extends z.ZodObject>(
  definition: MethodText<Schema> & {
    command: FeatureCommand;
    takes: FeatureDefinition['takes'];
    references?: readonly ReferenceRole[];
    run: (run: FeatureRun, params: z.output<Schema>) => AsyncGenerator<Progress, readonly Result[]>;
  },
): FeatureDefinition {
  const { params, run } = definition;
  return Object.freeze({
    kind: 'feature',
    compiles: false,
    references: [],
    ...definition,
    run: (given, values) => run(given, params.parse(values)),
  } satisfies FeatureDefinition);
}
