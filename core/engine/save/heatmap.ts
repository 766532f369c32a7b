import { LoupeError } from '../../base/errors.ts';
import { encodeNpy } from '../../base/npy.ts';
import { floatsOf } from '../../base/tensor.ts';
import type { HeatmapResult } from '../../protocol/results.ts';
import { drawFigure } from '../pictures/figure.ts';
import { type DrawnMap, drawMap } from '../pictures/heatmap.ts';
import { overlayMap } from '../pictures/overlay.ts';
import { encodePng } from '../pictures/png.ts';
import { type ResultFile, type SavedSubject, factLines, sourceLines } from './file.ts';

/** `<stem>.npy` (raw), `.map.npy`, `.png` (figure) and `.overlay.png`. */
export async function heatmapFiles(result: HeatmapResult, subject: SavedSubject): Promise<ResultFile[]> {
  const { finding, stem } = subject;
  const fitted = finding.picture?.fitted;
  if (fitted === undefined) throw new LoupeError('internal', 'A heat map needs a picture to lie on.');
  const drawn = drawnMap(result);
  const overlay = overlayMap(fitted, drawn);
  const figure = await drawFigure({
    picture: fitted,
    drawn,
    overlay,
    title: result.title,
    lines: [...sourceLines(subject), ...factLines(result.facts)],
    notes: [...(result.signed ? [result.reading] : []), ...(result.notes ?? [])],
  });
  return [
    { file: `${stem}.npy`, content: encodeNpy(result.attribution) },
    { file: `${stem}.map.npy`, content: encodeNpy(result.map) },
    { file: `${stem}.png`, content: figure },
    { file: `${stem}.overlay.png`, content: await encodePng(overlay) },
  ];
}

export function drawnMap({ map, signed }: HeatmapResult): DrawnMap {
  const [height = 1, width = 1] = map.dims;
  return drawMap({ width, height, values: floatsOf(map), signed });
}
