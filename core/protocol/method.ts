import { z } from 'zod';

export const methodKinds = ['attribution', 'feature', 'attack', 'evaluation', 'defence'] as const;

export type MethodKind = (typeof methodKinds)[number];

/** The command that runs a method; defences are stages of other commands. */
export const runCommands = [
  'explain',
  'features',
  'examples',
  'dream',
  'style',
  'attack',
  'robustness',
] as const;

export type RunCommand = (typeof runCommands)[number];

/** A method with its parameters, as a recipe keeps it. */
export const methodRequestSchema = z.object({
  id: z.string().min(1),
  params: z.record(z.string(), z.unknown()),
});

export type MethodRequest = Readonly<z.infer<typeof methodRequestSchema>>;

/** A method as a window or a list shows it; forms, flags and documentation follow from `params`. */
export interface MethodDescriptor {
  readonly id: string;
  readonly kind: MethodKind;
  readonly command: RunCommand | undefined;
  readonly title: string;
  readonly description: string;
  /** Paper and equation. */
  readonly citation: string;
  /** Whether `loupe compile` can make an ONNX model of it. */
  readonly compiles: boolean;
  /** JSON Schema of the parameters, with titles, descriptions, units, ranges and defaults. */
  readonly params: Readonly<Record<string, unknown>>;
}
