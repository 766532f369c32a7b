import type { GraphBuilder } from '../../../graph/builder.ts';
import { convolutionAttributes } from '../../../ops/shared/convolution.ts';
import { fitSpatial } from '../../../ops/shared/spatial.ts';
import { spatialOf } from '../../../ops/shared/windows.ts';
import { type PhaseTap, combinations, interleave, phaseSizes, phaseTaps } from '../shared/phases.ts';
import type { InputGradFormulation, InputGradProblem } from './problem.ts';
import { backwardWeights } from './weights.ts';

/**
 * One convolution with flipped weights for each phase of the input, then the phases interleaved. No
 * multiplication is wasted. At stride 1 there is one phase and nothing to interleave; a 1x1 kernel reaches one
 * phase, and the others are zero.
 */
export const asPhases: InputGradFormulation = (b, problem) => {
  const { convolution, shape } = problem;
  const { windows } = convolution;
  const sizes = spatialOf(shape);
  const phases = combinations(sizes.map((_, axis) => phaseTaps(windows, axis)));
  const values = phases.map((taps) => phaseGradient(b, problem, taps));
  if (values.length === 1) return values[0] ?? '';
  return interleave(b, values, windows.strides, sizes);
};

/** dx at the positions of one phase: Σ over its taps of ct[q + offset]·w[tap]; undefined if no tap reads them. */
function phaseGradient(
  b: GraphBuilder,
  { ct, w, convolution: { group, windows }, shape, name }: InputGradProblem,
  taps: readonly (readonly PhaseTap[])[],
): string | undefined {
  const counts = phaseSizes(windows, spatialOf(shape));
  const ctSizes = spatialOf(b.shapeOf(ct));
  const lowest = taps.map((list) => list[0]?.offset ?? 0);
  const highest = taps.map((list) => list.at(-1)?.offset ?? 0);
  const begins = lowest.map((offset) => -offset);
  const ends = counts.map((count, axis) => count + (highest[axis] ?? 0) - (ctSizes[axis] ?? 0));
  const reads = taps.every((list, axis) => {
    const size = ctSizes[axis] ?? 0;
    return list.length > 0 && (begins[axis] ?? 0) > -size && (ends[axis] ?? 0) > -size;
  });
  if (!reads) return undefined;
  const negative = (amounts: readonly number[]): number[] => amounts.map((amount) => Math.min(0, amount));
  const positive = (amounts: readonly number[]): number[] => amounts.map((amount) => Math.max(0, amount));
  const attributes = convolutionAttributes({
    group,
    windows: {
      kernel: taps.map((list) => list.length),
      strides: taps.map(() => 1),
      dilations: taps.map(spacing),
      begins: positive(begins),
      ends: positive(ends),
    },
  });
  const weights = backwardWeights(
    b,
    w,
    group,
    taps.map((list) => list.map(({ tap }) => tap)),
  );
  const source = fitSpatial(b, ct, negative(begins), negative(ends));
  return b.add('Conv', [source, weights], attributes, { name });
}

/** The distance between neighbouring offsets, which are equally spaced; 1 for a single tap. */
function spacing([first, second]: readonly PhaseTap[]): number {
  return first === undefined || second === undefined ? 1 : second.offset - first.offset;
}
