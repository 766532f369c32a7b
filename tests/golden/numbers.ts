import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { decodeNpz } from '../../core/base/npy.ts';
import { type Tensor, floatsOf } from '../../core/base/tensor.ts';
import { goldenInput } from './generator.ts';

const drawSchema = z.object({
  name: z.string(),
  length: z.number(),
  low: z.number(),
  high: z.number(),
  /** FNV-1a of the float32 values' bytes. */
  fnv1a: z.number(),
});

const netSchema = z.object({
  /** The ONNX value at which Grad-CAM is taken. */
  layer: z.string().optional(),
  /** Shape of the input, and the seed of each of its images; absent for a network that only the bench uses. */
  shape: z.array(z.number()).optional(),
  inputSeeds: z.array(z.number()).optional(),
  /** The network that has the same numbers, if they are not in a file of this one's name. */
  numbers: z.string().optional(),
  /** The logit whose gradient was taken. */
  target: z.number().optional(),
  /** How many float32 rounding errors every unit is away from its kink, where there are kinks. */
  kinkMargin: z.number().optional(),
  /** How far float32 PyTorch is from float64 PyTorch, relative, for each array. */
  torchAgreement: z.record(z.string(), z.number()).optional(),
  /** Height and width at which the bench runs the graph, and PyTorch's name of the Grad-CAM layer. */
  benchSize: z.number().optional(),
  module: z.string().optional(),
});

const indexSchema = z.object({
  seed: z.number(),
  torch: z.string(),
  torchvision: z.string(),
  draws: z.array(drawSchema),
  nets: z.record(z.string(), netSchema),
});

export type GoldenEntry = z.infer<typeof netSchema>;

/** `index.json`, which make.py writes beside the numbers. */
export const goldenIndex = indexSchema.parse(
  JSON.parse(readFileSync(new URL('index.json', import.meta.url), 'utf8')),
);

/** One network's numbers: what goes in, and what PyTorch says comes out, in float64 rounded to float32. */
export interface Golden {
  readonly name: string;
  readonly input: Tensor;
  readonly target: number;
  readonly layer: string | undefined;
  /** `logits`; `gradient`, where no kink is near; on the small networks one array for each method. */
  readonly arrays: ReadonlyMap<string, Tensor>;
}

/** The networks that have numbers (the rest of the index is only for the bench). */
export const goldenNames = Object.entries(goldenIndex.nets).flatMap(([name, { shape }]) =>
  shape ? [name] : [],
);

export function goldenNumbers(name: string): Golden {
  const { shape = [], inputSeeds = [], target = 0, layer, numbers = name } = goldenIndex.nets[name] ?? {};
  const path = new URL(`numbers/${numbers}.npz`, import.meta.url);
  const arrays = decodeNpz(readFileSync(path), `${numbers}.npz`);
  return { name, input: goldenInput(inputSeeds, shape), target, layer, arrays };
}

/** The largest difference over the largest reference value; NaN or a wrong length give NaN. */
export function relativeError(value: Tensor | Float32Array, reference: Tensor): number {
  const [left, right] = [value instanceof Float32Array ? value : floatsOf(value), floatsOf(reference)];
  if (left.length !== right.length) return Number.NaN;
  let [difference, largest] = [0, 0];
  right.forEach((wanted, index) => {
    difference = Math.max(difference, Math.abs((left[index] ?? Number.NaN) - wanted));
    largest = Math.max(largest, Math.abs(wanted));
  });
  return difference / largest;
}
