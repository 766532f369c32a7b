import type { HeatmapResult, Result } from '../../protocol/results.ts';
import { curveFiles } from './curve.ts';
import { csv } from './csv.ts';
import type { ResultFile, ResultPlace } from './file.ts';
import { gridFiles } from './grid.ts';
import { imageFiles } from './image.ts';

/** The files of a result that needs no picture to lie on. */
export async function resultFiles(
  result: Exclude<Result, HeatmapResult>,
  place: ResultPlace,
): Promise<ResultFile[]> {
  const name = `${place.stem}.${result.name}`;
  switch (result.type) {
    case 'image':
      return imageFiles(result, place);
    case 'imageGrid':
      return gridFiles(result, place);
    case 'curve':
      return curveFiles(result, place);
    case 'table':
      return [
        { file: `${name}.csv`, content: csv([result.columns.map(({ title }) => title), ...result.rows]) },
      ];
    case 'model':
      return [{ file: `${name}.onnx`, content: result.bytes }];
  }
}
