import { LoupeError } from '../../base/errors.ts';
import type { Picture } from '../../data/picture.ts';
import { type Panel, type Strip, compose, filled, isSmall, smoothly } from './canvas.ts';
import { barTicksSvg, colourBar } from './colourBar.ts';
import { headingSvg, margin, notesSvg } from './heading.ts';
import type { DrawnMap } from './heatmap.ts';
import { notesOnAll } from './mapNotes.ts';
import { encodePng, magnify } from './png.ts';
import {
  type Box,
  type CellShape,
  type SheetLayout,
  bar,
  captionLeading,
  captionSize,
  layOutSheet,
  leftOf,
} from './sheetLayout.ts';
import { fitText, textSvg } from './text.ts';

export interface SheetCell {
  readonly picture: Picture;
  /** One to three lines under the picture, cut to the cell's width with an ellipsis. */
  readonly caption: readonly string[];
  /** The map whose colour bar goes under the picture: the picture itself, or what was laid over it. */
  readonly drawn?: DrawnMap;
}

export interface SheetContent {
  readonly title: string;
  /** Lines under the title, wrapped where they are long. */
  readonly lines: readonly string[];
  /** At least one. */
  readonly cells: readonly SheetCell[];
  /** About square unless told, at most six (eight for pictures below 64 pixels). */
  readonly columns?: number;
  /** Sentences at the foot. What lies beyond a colour bar and what is no number is added by itself. */
  readonly notes?: readonly string[];
}

const frameLevel = 205;

/**
 * Draws a contact sheet and encodes it as a PNG: pictures in rows, all in cells of one size, with captions and colour bars.
 * Pictures keep their aspect ratio. Those below 64 pixels and maps keep hard pixel edges, and are magnified by whole
 * numbers; photographs are scaled smoothly.
 *
 * @throws LoupeError badArgument for no cells or a number of columns that is none.
 */
export async function drawSheet(content: SheetContent): Promise<Uint8Array> {
  const { cells } = content;
  if (cells.length === 0) {
    throw new LoupeError('badArgument', 'Expected at least one cell for a contact sheet but received none.');
  }
  const shapes = cells.map(shapeOf);
  // Headings are wrapped to the sheet's width, which does not depend on where the first row begins.
  const { innerWidth } = layOutSheet(shapes, content.columns, 0);
  const heading = headingSvg(content.title, content.lines, innerWidth);
  const layout = layOutSheet(shapes, content.columns, heading.bottom + 20);
  const about = notesOnAll(cells.flatMap(namedMap));
  const notes = [...(content.notes ?? []), ...about.notes];
  const foot = notesSvg({ notes, warnings: about.warnings }, layout.bottom + 10, innerWidth);
  const size = { width: innerWidth + 2 * margin, height: foot.bottom + margin };
  const strips = [
    { svg: heading.svg, top: 0, height: heading.bottom + 20 },
    ...rowStrips(cells, layout),
    { svg: foot.svg, top: layout.bottom, height: size.height - layout.bottom },
  ];
  const panels = await Promise.all(cells.map((cell, index) => panelsOf(cell, index, layout)));
  return encodePng(await compose(size, strips, panels.flat()));
}

function shapeOf(cell: SheetCell): CellShape {
  return {
    size: cell.picture,
    bar: cell.drawn !== undefined,
    hard: keepsEdges(cell),
    captionLines: cell.caption.length,
  };
}

/** Small pictures, and maps themselves; what is laid over a photograph is scaled as the photograph. */
const keepsEdges = ({ picture, drawn }: SheetCell): boolean => isSmall(picture) || picture === drawn;

function namedMap({ caption, drawn }: SheetCell, index: number): { name: string; drawn: DrawnMap }[] {
  return drawn === undefined ? [] : [{ name: caption[0] ?? `Picture ${index + 1}`, drawn }];
}

/** The numbers of the colour bars and the captions, row by row. */
function rowStrips(cells: readonly SheetCell[], { columns, cell, rows }: SheetLayout): Strip[] {
  return rows.map((row, index) => {
    const parts = cells.slice(index * columns, (index + 1) * columns).map(({ caption, drawn }, column) => {
      const left = leftOf(column, cell.width);
      const ticks =
        drawn === undefined ? '' : barTicksSvg(drawn, left, row.barTop + bar.height, cell.width, bar.tick);
      return ticks + captionSvg(caption, left, row.captionTop, cell.width);
    });
    const top = row.top + cell.height;
    return { svg: parts.join(''), top, height: row.bottom - top };
  });
}

function captionSvg(caption: readonly string[], left: number, top: number, width: number): string {
  const lines = caption.map((line, index) =>
    textSvg(fitText(line, captionSize, width), left, top + index * captionLeading, {
      size: captionSize,
      fill: index === 0 ? '#1a1a1a' : '#555555',
    }),
  );
  return lines.join('');
}

/** A hairline frame (else white pictures have no end), the picture on it, and its colour bar. */
async function panelsOf(cell: SheetCell, index: number, layout: SheetLayout): Promise<Panel[]> {
  const { columns, cell: place, rows, pictures } = layout;
  const [box, row] = [pictures[index], rows[Math.floor(index / columns)]];
  if (box === undefined || row === undefined) return [];
  const frame = filled({ width: box.width + 2, height: box.height + 2 }, frameLevel);
  const panels: Panel[] = [
    { picture: frame, left: box.left - 1, top: box.top - 1 },
    { picture: await scaled(cell, box), left: box.left, top: box.top },
  ];
  if (cell.drawn === undefined) return panels;
  const picture = colourBar(cell.drawn, place.width, bar.height);
  return [...panels, { picture, left: leftOf(index % columns, place.width), top: row.barTop }];
}

async function scaled(cell: SheetCell, { width, height }: Box): Promise<Picture> {
  const { picture } = cell;
  if (keepsEdges(cell) && width >= picture.width) return magnify(picture, width / picture.width);
  return smoothly(picture, { width, height });
}
