/** A column: its heading, and whether its cells are numbers (set to the right). */
export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

/** Lines of a table whose columns are as wide as their widest cell, two spaces apart. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const titles = columns.map(({ title }) => title);
  const widths = columns.map((_, index) =>
    [titles, ...rows].reduce((widest, row) => Math.max(widest, [...(row[index] ?? '')].length), 0),
  );
  return [titles, ...rows].map((row) =>
    columns
      .map(({ right }, index) => pad(row[index] ?? '', widths[index] ?? 0, right === true))
      .join('  ')
      .trimEnd(),
  );
}

/** Pads by characters, not by UTF-16 units. */
function pad(cell: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - [...cell].length));
  return right ? space + cell : cell + space;
}

const units = ['', ' k', ' M', ' G', ' T'] as const;

/** `1.24 M`, `349 M`, `0`: three significant digits with a metric unit. */
export function formatCount(count: number): string {
  let [value, step] = [count, 0];
  while (Number(value.toPrecision(3)) >= 1000 && step < units.length - 1) {
    value /= 1000;
    step++;
  }
  return `${Number(value.toPrecision(3))}${units[step] ?? ''}`;
}

/** `62.1 %`; small shares keep two digits. */
export function formatPercent(share: number): string {
  const percent = 100 * share;
  return `${percent >= 0.1 || percent === 0 ? percent.toFixed(1) : percent.toPrecision(2)} %`;
}
