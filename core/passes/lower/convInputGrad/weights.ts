import { type Shape, sizeOf, stridesOf } from '../../../base/shape.ts';
import { type Tensor, floatsOf, tensor } from '../../../base/tensor.ts';
import type { GraphBuilder } from '../../../graph/builder.ts';
import { permuted, reshaped } from '../../../ops/shared/movement.ts';
import { derivedConstant } from '../shared/derived.ts';
import { combinations } from '../shared/phases.ts';

/**
 * The weights of a convolution that goes backwards: [M, C/group, taps…] → [C, M/group, `taps`…], input and
 * output channels exchanged within each group. `taps` lists by axis the taps to keep, in falling order and
 * equally spaced. Constants are rearranged here, others by the graph.
 */
export function backwardWeights(
  b: GraphBuilder,
  w: string,
  group: number,
  taps: readonly (readonly number[])[],
): string {
  const source = b.constantOf(w);
  if (source === undefined) return rearrangedInGraph(b, w, group, taps);
  const recipe = `backward ${group} ${JSON.stringify(taps)}`;
  return derivedConstant(b, w, recipe, () => rearranged(source, group, taps));
}

function rearranged(source: Tensor, group: number, taps: readonly (readonly number[])[]): Tensor {
  const [outputs = 1, perGroup = 1, ...kernel] = source.dims;
  const from = floatsOf(source);
  const places = flatPlaces(kernel, taps);
  const [outputsPerGroup, block] = [outputs / group, sizeOf(kernel)];
  const to = new Float32Array(outputs * perGroup * places.length);
  let at = 0;
  for (let g = 0; g < group; g++) {
    for (let c = 0; c < perGroup; c++) {
      for (let m = 0; m < outputsPerGroup; m++) {
        const start = ((g * outputsPerGroup + m) * perGroup + c) * block;
        for (const place of places) to[at++] = from[start + place] ?? 0;
      }
    }
  }
  return tensor('float32', to, [perGroup * group, outputsPerGroup, ...taps.map((list) => list.length)]);
}

/** Row-major places in a kernel of all combinations of taps. */
export function flatPlaces(kernel: Shape, taps: readonly (readonly number[])[]): number[] {
  const strides = stridesOf(kernel);
  return combinations(taps).map((place) =>
    place.reduce((sum, tap, axis) => sum + tap * (strides[axis] ?? 1), 0),
  );
}

function rearrangedInGraph(
  b: GraphBuilder,
  w: string,
  group: number,
  taps: readonly (readonly number[])[],
): string {
  const [outputs = 1, perGroup = 1, ...kernel] = b.shapeOf(w);
  const split = reshaped(b, w, [group, outputs / group, perGroup, ...kernel]);
  const exchanged = permuted(b, split, [0, 2, 1, ...kernel.map((_, axis) => axis + 3)]);
  const joined = reshaped(b, exchanged, [perGroup * group, outputs / group, ...kernel]);
  if (taps.every((list, axis) => list.length === 1 && kernel[axis] === 1)) return joined;
  const axes = taps.map((_, axis) => axis + 2);
  const starts = taps.map((list) => list[0] ?? 0);
  const steps = taps.map(([first = 0, second]) => (second === undefined ? -1 : second - first));
  // One step beyond the last tap; counted from the end where that is before the beginning.
  const stops = taps.map((list, axis) => {
    const stop = (list.at(-1) ?? 0) + (steps[axis] ?? -1);
    return stop >= 0 ? stop : stop - (kernel[axis] ?? 0);
  });
  return b.add('Slice', [joined, ...[starts, stops, axes, steps].map((values) => b.axes(values))]);
}
