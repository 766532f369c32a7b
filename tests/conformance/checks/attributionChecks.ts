import { floatsOf } from '../../../core/base/tensor.ts';
import type { Attribution } from '../../../core/attribution/define.ts';

/** What an attribution method answers on one small network. */
export interface AttributionAnswers {
  /** The image's shape [C, H, W]. */
  readonly shape: readonly number[];
  readonly first: Attribution;
  /** The same question again, everything made anew. */
  readonly again: Attribution;
  readonly otherClass: Attribution;
  readonly otherImage: Attribution;
  /** The same question to a network of other weights. */
  readonly otherNetwork: Attribution;
  /** With another seed; undefined for methods without random numbers. */
  readonly otherSeed: Attribution | undefined;
}

/** Everything that is wrong with the answers, a sentence each: nothing for a method that explains. */
export function attributionFaults(answers: AttributionAnswers): string[] {
  const { first, again, otherClass, otherImage, otherNetwork, otherSeed } = answers;
  return [
    ...shapeFaults(answers),
    ...numberFaults(first),
    ...(equal(first, again) ? [] : ['The same question has two answers.']),
    ...(differs(first, otherClass) ? [] : ['It does not depend on the class.']),
    ...(differs(first, otherImage) ? [] : ['It does not depend on the image.']),
    ...(differs(first, otherNetwork) ? [] : ['It does not depend on the network.']),
    ...(otherSeed === undefined || differs(first, otherSeed) ? [] : ['It does not depend on the seed.']),
  ];
}

function shapeFaults({ shape, first }: AttributionAnswers): string[] {
  const { attribution, map, signed } = first;
  const [, height, width] = shape;
  const inputShaped = attribution.dims.join() === shape.join();
  const layerMap = attribution.dims.length === 3 && attribution.dims[0] === 1;
  return [
    ...(inputShaped || layerMap ? [] : [`The attribution has the shape [${attribution.dims.join()}].`]),
    ...(map.dims.join() === `${height},${width}` ? [] : [`The map has the shape [${map.dims.join()}].`]),
    ...(signed || floatsOf(map).every((value) => value >= 0)
      ? []
      : ['An unsigned map has negative numbers.']),
  ];
}

function numberFaults({ attribution, map }: Attribution): string[] {
  return [attribution, map].flatMap((value, at) => {
    const what = at === 0 ? 'attribution' : 'map';
    const numbers = floatsOf(value);
    if (!numbers.every(Number.isFinite)) return [`The ${what} is not finite.`];
    return numbers.every((number) => number === numbers[0]) ? [`The ${what} is the same everywhere.`] : [];
  });
}

const equal = (left: Attribution, right: Attribution): boolean =>
  Buffer.from(floatsOf(left.attribution).buffer).equals(Buffer.from(floatsOf(right.attribution).buffer));

/** Whether two attributions differ by more than rounding: 1e-4 of their size. */
function differs(left: Attribution, right: Attribution): boolean {
  const [a, b] = [floatsOf(left.attribution), floatsOf(right.attribution)];
  let [difference, size] = [0, 0];
  a.forEach((value, at) => {
    difference += (value - (b[at] ?? 0)) ** 2;
    size += value ** 2 + (b[at] ?? 0) ** 2;
  });
  return Math.sqrt(difference) > 1e-4 * Math.sqrt(size);
}
