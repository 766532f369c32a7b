import type { CurveResult } from '../../protocol/results.ts';
import { curvesSvg, drawCurves } from '../pictures/plot.ts';
import { csv } from './csv.ts';
import { type ResultFile, type ResultPlace, factLines } from './file.ts';

/** `<stem>.<name>.png`, `.svg` and `.csv` with a column a series. */
export async function curveFiles(result: CurveResult, { stem, source }: ResultPlace): Promise<ResultFile[]> {
  const { title, x, y, series } = result;
  const lines = [...source, ...factLines(result.facts), ...(result.notes ?? [])];
  const plot = { title, lines, x, y, series };
  const name = `${stem}.${result.name}`;
  return [
    { file: `${name}.png`, content: await drawCurves(plot) },
    { file: `${name}.svg`, content: curvesSvg(plot) },
    { file: `${name}.csv`, content: curveTable(result) },
  ];
}

function curveTable({ x, series }: CurveResult): string {
  const header = [
    x.label,
    ...series.flatMap(({ label, low, high }) => [
      label,
      ...(low === undefined ? [] : [`${label} low`]),
      ...(high === undefined ? [] : [`${label} high`]),
    ]),
  ];
  const rows = x.values.map((value, at) => [
    value,
    ...series.flatMap(({ y, low, high }) =>
      [y, ...(low === undefined ? [] : [low]), ...(high === undefined ? [] : [high])].map(
        (values) => values[at] ?? '',
      ),
    ),
  ]);
  return csv([header, ...rows]);
}
