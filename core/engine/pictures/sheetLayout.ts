import { expected } from '../../base/errors.ts';
import { type Size, isSmall } from './canvas.ts';
import { margin } from './heading.ts';

/** What decides where a cell goes. */
export interface CellShape {
  /** Of the picture, before scaling. */
  readonly size: Size;
  /** Whether a colour bar with numbers goes under it. */
  readonly bar: boolean;
  /** Whether its pixels keep hard edges, hence are magnified by whole numbers. */
  readonly hard: boolean;
  readonly captionLines: number;
}

/** A rectangle of the sheet, in pixels. */
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

export interface SheetRow {
  /** Where the pictures of the row begin. */
  readonly top: number;
  readonly barTop: number;
  /** First baseline of the captions. */
  readonly captionTop: number;
  readonly bottom: number;
}

export interface SheetLayout {
  readonly columns: number;
  /** The place that every cell has for its picture. */
  readonly cell: Size;
  readonly rows: readonly SheetRow[];
  /** The scaled picture of each cell, centred in its place. */
  readonly pictures: readonly Box[];
  /** Of the whole sheet without margins; never less than what a heading wants. */
  readonly innerWidth: number;
  readonly bottom: number;
}

export const captionSize = 12.5;
export const captionLeading = 17;
export const bar = { gap: 8, height: 9, tick: 11 };
const [columnGap, rowGap] = [18, 22];

/** Widths in pixels: what a sheet aims at, what a heading wants, and the limits of a cell's longer side. */
const goal = { sheet: 1180, heading: 460, greatestCell: 400 };
/** Cells with a colour bar are wide enough for three numbers such as −1.63×10⁻⁶. */
const leastCell = { plain: 96, withBar: 192 };
/** Tiles of a few pixels, such as filters, are read at a glance and need no more. */
const greatestWish = { tile: 128, picture: 256 };
const tileSide = 16;

/** Places the cells in rows of `columns`, the first row's pictures at `top`. */
export function layOutSheet(
  cells: readonly CellShape[],
  wanted: number | undefined,
  top: number,
): SheetLayout {
  const columns = columnsOf(cells, wanted);
  const side = sideOf(cells, columns);
  const sizes = cells.map((cell) => scaledSize(cell, side));
  const least = leastOf(cells);
  const cell = {
    width: Math.max(least, ...sizes.map(({ width }) => width)),
    height: Math.max(...sizes.map(({ height }) => height)),
  };
  const rows: SheetRow[] = [];
  for (let first = 0, rowTop = top; first < cells.length; first += columns) {
    const row = rowFrom(cells.slice(first, first + columns), rowTop, cell.height);
    rows.push(row);
    rowTop = row.bottom + rowGap;
  }
  const pictures = sizes.map(({ width, height }, index) => ({
    width,
    height,
    left: leftOf(index % columns, cell.width) + Math.floor((cell.width - width) / 2),
    top: (rows[Math.floor(index / columns)]?.top ?? top) + Math.floor((cell.height - height) / 2),
  }));
  const innerWidth = Math.max(goal.heading, columns * (cell.width + columnGap) - columnGap);
  return { columns, cell, rows, pictures, innerWidth, bottom: rows.at(-1)?.bottom ?? top };
}

/** The left edge of a column. */
export function leftOf(column: number, cellWidth: number): number {
  return margin + column * (cellWidth + columnGap);
}

/** A row's bars and captions begin at the same height in all its cells, whether or not a cell has them. */
function rowFrom(cells: readonly CellShape[], top: number, height: number): SheetRow {
  const barTop = top + height + bar.gap;
  const bars = cells.some((cell) => cell.bar) ? bar.gap + bar.height + 6 + bar.tick : 0;
  const lines = Math.max(...cells.map(({ captionLines }) => captionLines));
  const captionTop = top + height + bars + 19;
  const bottom = lines === 0 ? captionTop - 19 + 3 : captionTop + (lines - 1) * captionLeading + 4;
  return { top, barTop, captionTop, bottom };
}

/**
 * About square and rather wide than high: among √n to √(2n) columns (six at most, eight for small pictures), what
 * leaves the fewest places empty, and the fewest columns of these.
 */
function columnsOf(cells: readonly CellShape[], wanted: number | undefined): number {
  const count = cells.length;
  if (wanted !== undefined) {
    if (Number.isInteger(wanted) && wanted >= 1) return Math.min(wanted, count);
    throw expected('badArgument', {
      wanted: 'a whole number of at least 1',
      for: 'the columns of a contact sheet',
      received: String(wanted),
    });
  }
  const most = cells.every(({ size }) => isSmall(size)) ? 8 : 6;
  const fewest = Math.min(most, Math.ceil(Math.sqrt(count)));
  const widest = Math.min(most, Math.ceil(Math.sqrt(2 * count)));
  let best = fewest;
  for (let columns = fewest; columns <= widest; columns++) {
    if (emptyPlaces(count, columns) < emptyPlaces(count, best)) best = columns;
  }
  return best;
}

const emptyPlaces = (count: number, columns: number): number => (columns - (count % columns)) % columns;

const leastOf = (cells: readonly CellShape[]): number =>
  cells.some((cell) => cell.bar) ? leastCell.withBar : leastCell.plain;

/** The longer side of all scaled pictures: a whole multiple of the largest picture's, unless that is too large for a sheet. */
function sideOf(cells: readonly CellShape[], columns: number): number {
  const longest = Math.max(...cells.map(({ size }) => Math.max(size.width, size.height)));
  const least = leastOf(cells);
  const most = longest < tileSide ? greatestWish.tile : greatestWish.picture;
  const wish = Math.min(most, Math.max(least, Math.floor(goal.sheet / columns) - columnGap));
  if (longest >= wish) return Math.min(longest, goal.greatestCell);
  return longest * Math.max(1, Math.round(wish / longest), Math.ceil(least / longest));
}

function scaledSize({ size, hard }: CellShape, side: number): Size {
  const exact = side / Math.max(size.width, size.height);
  const factor = hard && exact >= 1 ? Math.floor(exact) : exact;
  return {
    width: Math.max(1, Math.round(size.width * factor)),
    height: Math.max(1, Math.round(size.height * factor)),
  };
}
