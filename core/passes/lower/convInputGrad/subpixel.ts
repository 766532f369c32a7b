import { type Tensor, floatsOf, tensor } from '../../../base/tensor.ts';
import { sizeOf } from '../../../base/shape.ts';
import { convolutionAttributes } from '../../../ops/shared/convolution.ts';
import { fitSpatial } from '../../../ops/shared/spatial.ts';
import { spatialOf } from '../../../ops/shared/windows.ts';
import { derivedConstant } from '../shared/derived.ts';
import { type PhaseTap, combinations, phaseSizes, phaseTaps, unstack } from '../shared/phases.ts';
import type { InputGradFormulation } from './problem.ts';
import { flatPlaces } from './weights.ts';
import { LoupeError } from '../../../base/errors.ts';

/**
 * All phases of the input as the output channels (phase, c) of one convolution, then spread over space. Phases
 * with fewer taps are filled up with zeros, but a few input channels become enough for a full vector: a 7x7
 * stem of 3 channels at stride 2 is one 4x4 convolution of 12. For constant weights in one group.
 */
export const asSubpixel: InputGradFormulation = (b, { ct, w, convolution: { windows }, shape, name }) => {
  const source = b.constantOf(w);
  if (source === undefined)
    throw new LoupeError('internal', 'A sub-pixel convolution needs constant weights.');
  const sizes = spatialOf(shape);
  const phases = sizes.map((_, axis) => phaseTaps(windows, axis));
  const offsets = phases.map((lists) => lists.flat().map(({ offset }) => offset));
  const lowest = offsets.map((list) => Math.min(...list));
  const kernel = offsets.map((list, axis) => Math.max(...list) - (lowest[axis] ?? 0) + 1);
  const recipe = `subpixel ${JSON.stringify([windows.strides, windows.dilations, windows.begins])}`;
  const weights = derivedConstant(b, w, recipe, () => stackedWeights(source, phases, lowest, kernel));

  const counts = phaseSizes(windows, sizes);
  const ctSizes = spatialOf(b.shapeOf(ct));
  const begins = lowest.map((offset) => -offset);
  const ends = counts.map(
    (count, axis) => count - 1 + (kernel[axis] ?? 1) - (begins[axis] ?? 0) - (ctSizes[axis] ?? 0),
  );
  const attributes = convolutionAttributes({
    group: 1,
    windows: {
      kernel,
      strides: kernel.map(() => 1),
      dilations: kernel.map(() => 1),
      begins: begins.map((begin) => Math.max(0, begin)),
      ends: ends.map((end) => Math.max(0, end)),
    },
  });
  const crop = (amounts: readonly number[]): number[] => amounts.map((amount) => Math.min(0, amount));
  const stacked = b.add('Conv', [fitSpatial(b, ct, crop(begins), crop(ends)), weights], attributes, { name });
  return unstack(b, stacked, windows.strides, sizes);
};

/** w [M, C, taps…] → [phases · C, M, kernel…]: within a phase, the tap of offset o lies at o − lowest. */
function stackedWeights(
  source: Tensor,
  phases: readonly (readonly (readonly PhaseTap[])[])[],
  lowest: readonly number[],
  kernel: readonly number[],
): Tensor {
  const [outputs = 1, channels = 1, ...taps] = source.dims;
  const from = floatsOf(source);
  const [block, size] = [sizeOf(taps), sizeOf(kernel)];
  const combined = combinations(phases);
  const to = new Float32Array(combined.length * channels * outputs * size);
  combined.forEach((phase, index) => {
    const sources = flatPlaces(
      taps,
      phase.map((list) => list.map(({ tap }) => tap)),
    );
    const targets = flatPlaces(
      kernel,
      phase.map((list, axis) => list.map(({ offset }) => offset - (lowest[axis] ?? 0))),
    );
    for (let c = 0; c < channels; c++) {
      for (let m = 0; m < outputs; m++) {
        const start = ((index * channels + c) * outputs + m) * size;
        sources.forEach((place, at) => {
          to[start + (targets[at] ?? 0)] = from[(m * channels + c) * block + place] ?? 0;
        });
      }
    }
  });
  return tensor('float32', to, [combined.length * channels, outputs, ...kernel]);
}
