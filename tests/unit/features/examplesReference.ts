import type { PictureFile } from '../../../core/data/picture.ts';
import { datasetExamples } from '../../../core/features/datasetExamples.ts';
import type { GridCell, ImageGridResult, Result } from '../../../core/protocol/results.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { convNet, convNetCard, convNetFeatures } from '../../reference/convNet.ts';
import { type MethodQuestion, gridOf, pixelsOf, randomPicture, runMethod } from './pictures.ts';

const { width, height } = convNetCard;

/** The pictures that examples are chosen from. */
export const pictures = Array.from({ length: 20 }, (_, index) => randomPicture(index + 1, width, height));

const lateMaps = pictures.map((picture) => convNetFeatures(gridOf(pixelsOf(picture))).late);

/** The map [5, 6] of a channel of the layer `late` of a picture. */
export function lateMap(picture: number, channel: number): readonly number[] {
  const { dims = [], data = [] } = lateMaps[picture] ?? {};
  const plane = (dims[2] ?? 1) * (dims[3] ?? 1);
  return data.slice(channel * plane, (channel + 1) * plane);
}

export const lateColumns = 6;

/** Examples of `convNet` among the pictures. */
export const examples = async (question: Partial<MethodQuestion>) =>
  runMethod(datasetExamples, { model: modelInMemory(convNet(), convNetCard), pictures, ...question });

export const gridsOf = (results: readonly Result[]): ImageGridResult[] =>
  results.flatMap((result) => (result.type === 'imageGrid' ? [result] : []));

export interface Best {
  readonly picture: number;
  readonly value: number;
  readonly row: number;
  readonly column: number;
}

/** The greatest value of a map [h, w], each picture's, and where it is; the greatest first. */
export function ranked(mapOf: (picture: number) => readonly number[], columns: number): Best[] {
  const found = pictures.map((_, picture) => {
    const map = mapOf(picture);
    const value = Math.max(...map);
    const at = map.indexOf(value);
    return { picture, value, row: Math.floor(at / columns), column: at % columns };
  });
  return found.toSorted((a, b) => b.value - a.value);
}

/** The pixels of `size` rows and columns about (y, x) of a picture, mid-grey beyond its border. */
export function window(picture: PictureFile, y: number, x: number, size: number): number[] {
  const { data } = gridOf(pixelsOf(picture));
  const half = (size - 1) / 2;
  return Array.from({ length: 3 * size * size }, (_, at) => {
    const [c, row, column] = [Math.floor(at / size / size), Math.floor(at / size) % size, at % size];
    const [from, across] = [y - half + row, x - half + column];
    const inside = from >= 0 && from < picture.height && across >= 0 && across < picture.width;
    return inside ? (data[(c * picture.height + from) * picture.width + across] ?? NaN) : 0.5;
  });
}

/** File and activation as captions show them. */
export const captionOf = ({ picture, value }: Best): readonly [string, string] => [
  `${picture + 1}.png`,
  String(Number(value.toPrecision(4))),
];

export const filesOf = (cells: readonly GridCell[]): (string | undefined)[] =>
  cells.map(({ caption }) => caption[0]);

export const activationsOf = (cells: readonly GridCell[]): number[] =>
  cells.map(({ caption }) => Number(caption[1]));
