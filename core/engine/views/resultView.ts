import { type Tensor, floatsOf, numbersOf } from '../../base/tensor.ts';
import type { ArrayBlob, Blob } from '../../protocol/blob.ts';
import type { PictureBlob, ResultView } from '../../protocol/resultView.ts';
import type { CurveSeries, Fact, ImageGridResult, Result } from '../../protocol/results.ts';
import { stackOf } from '../save/grid.ts';

/** Where the bytes of a view go: the folder of a run, or memory for a preview. `name` is a file name. */
export interface BlobPlace {
  array(name: string, value: Tensor): Blob;
  /** [C, H, W] in [0, 1], pixel for pixel as PNG. */
  picture(name: string, image: Tensor): Promise<PictureBlob>;
  bytes(name: string, content: Uint8Array): Blob;
}

/** Views a result of a method as a panel draws it. The names are those under which `saveFinding` writes: `<stem>.<result>.png` … */
export async function viewOf(
  result: Result,
  method: string,
  stem: string,
  place: BlobPlace,
): Promise<ResultView> {
  const { name, title } = result;
  const facts = (result.facts ?? []).map(plainFact);
  const common = { method, name, title, facts, notes: [...(result.notes ?? [])], files: [] };
  const file = `${stem}.${name}`;
  switch (result.type) {
    case 'heatmap':
      return {
        ...common,
        type: 'heatmap',
        attribution: arrayView(place.array(`${stem}.npy`, result.attribution), result.attribution),
        map: arrayView(place.array(`${stem}.map.npy`, result.map), result.map),
        signed: result.signed,
        reading: result.reading,
      };
    case 'image':
      return {
        ...common,
        type: 'image',
        picture: await place.picture(`${file}.png`, result.image),
        image: arrayView(place.array(`${file}.npy`, result.image), result.image),
        exact: result.exact === true,
      };
    case 'imageGrid':
      return { ...common, type: 'imageGrid', ...(await gridView(result, file, place)) };
    case 'curve':
      return { ...common, type: 'curve', ...curveNumbers(result) };
    case 'table':
      return {
        ...common,
        type: 'table',
        columns: result.columns.map((column) => ({ ...column })),
        rows: result.rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : finite(cell)))),
      };
    case 'model':
      return { ...common, type: 'model', model: place.bytes(`${file}.onnx`, result.bytes) };
  }
}

type GridNumbers = Pick<Extract<ResultView, { type: 'imageGrid' }>, 'cells' | 'columns' | 'stack'>;

async function gridView(result: ImageGridResult, file: string, place: BlobPlace): Promise<GridNumbers> {
  const cells = await Promise.all(
    result.cells.map(async ({ image, caption }, at) => ({
      picture: await place.picture(`cells/${file}.${at}.png`, image),
      caption: [...caption],
    })),
  );
  const stack = stackOf(result.cells);
  return {
    cells,
    ...(result.columns === undefined ? {} : { columns: result.columns }),
    ...(stack === undefined ? {} : { stack: arrayView(place.array(`${file}.npy`, stack), stack) }),
  };
}

/** JSON has no NaN and no infinity. */
export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function plainFact({ label, value, unit }: Fact) {
  const shown = typeof value === 'number' ? finite(value) : value;
  return unit === undefined ? { label, value: shown } : { label, value: shown, unit };
}

type CurveNumbers = Pick<Extract<ResultView, { type: 'curve' }>, 'x' | 'y' | 'series'>;

function curveNumbers({ x, y, series }: Extract<Result, { type: 'curve' }>): CurveNumbers {
  const bound = (values: readonly number[] | undefined, name: 'low' | 'high') =>
    values === undefined ? {} : { [name]: values.map(finite) };
  return {
    x: {
      label: x.label,
      values: x.values.map(finite),
      ...(x.ticks === undefined ? {} : { ticks: [...x.ticks] }),
    },
    y: {
      label: y.label,
      ...(y.range === undefined ? {} : { range: [...y.range] }),
      ...(y.percent === undefined ? {} : { percent: y.percent }),
    },
    series: series.map(({ label, y: values, low, high }: CurveSeries) => ({
      label,
      y: values.map(finite),
      ...bound(low, 'low'),
      ...bound(high, 'high'),
    })),
  };
}

export function arrayView(blob: Blob, value: Tensor): ArrayBlob {
  const numbers = value.type === 'float32' ? floatsOf(value) : numbersOf(value);
  let [min, max, nonFinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const number of numbers) {
    if (!Number.isFinite(number)) nonFinite++;
    else {
      if (number < min) min = number;
      if (number > max) max = number;
    }
  }
  return {
    ...blob,
    type: value.type,
    dims: [...value.dims],
    min: finite(min),
    max: finite(max),
    nonFinite,
  };
}
