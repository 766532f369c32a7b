import { encodeNpy } from '../../base/npy.ts';
import { shapesEqual } from '../../base/shape.ts';
import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';
import type { GridCell, ImageGridResult } from '../../protocol/results.ts';
import { drawSheet } from '../pictures/sheet.ts';
import { type ResultFile, type ResultPlace, factLines } from './file.ts';
import { tensorPicture } from './image.ts';

/** `<stem>.<name>.png`, a contact sheet, and `.npy` [n, C, H, W] where all cells are of one size. */
export async function gridFiles(
  result: ImageGridResult,
  { stem, source }: ResultPlace,
): Promise<ResultFile[]> {
  const sheet = await drawSheet({
    title: result.title,
    lines: [...source, ...factLines(result.facts)],
    cells: result.cells.map(({ image, caption }) => ({ picture: tensorPicture(image), caption })),
    ...(result.columns === undefined ? {} : { columns: result.columns }),
    notes: result.notes ?? [],
  });
  const name = `${stem}.${result.name}`;
  const stack = stackOf(result.cells);
  return [
    { file: `${name}.png`, content: sheet },
    ...(stack === undefined ? [] : [{ file: `${name}.npy`, content: encodeNpy(stack) }]),
  ];
}

/** [n, C, H, W], where all cells are of one size. */
export function stackOf(cells: readonly GridCell[]): Tensor | undefined {
  const [first] = cells;
  if (first === undefined || cells.some(({ image }) => !shapesEqual(image.dims, first.image.dims)))
    return undefined;
  const { length } = first.image.data;
  const data = new Float32Array(length * cells.length);
  cells.forEach(({ image }, index) => {
    data.set(floatsOf(image), index * length);
  });
  return tensor('float32', data, [cells.length, ...first.image.dims]);
}
