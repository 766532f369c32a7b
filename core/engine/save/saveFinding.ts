import type { Model } from '../../model/model.ts';
import type { HeatmapResult, Result } from '../../protocol/results.ts';
import type { OutputFolder } from '../atomic.ts';
import { drawSheet } from '../pictures/sheet.ts';
import type { Finding, MethodFinding } from '../request.ts';
import { type ResultFile, type SavedSubject, sourceLines } from './file.ts';
import { drawnMap, heatmapFiles } from './heatmap.ts';
import { resultFiles } from './resultFiles.ts';

/** Adds the arrays, pictures and tables of one subject to the folder; `name` is its picture's, undefined for the network itself. */
export async function saveFinding(
  folder: OutputFolder,
  name: string | undefined,
  model: Model,
  finding: Finding,
): Promise<ResultFile[]> {
  const files: ResultFile[] = [];
  for (const found of finding.findings) {
    const stem = name === undefined ? found.method.id : `${name}.${found.method.id}`;
    const subject = { model, finding, found, stem };
    for (const result of found.results) files.push(...(await filesOf(result, subject)));
  }
  if (name !== undefined) files.push(...(await contactSheet(name, model, finding)));
  for (const { file, content } of files) await folder.add(file, content);
  return files;
}

async function filesOf(result: Result, subject: SavedSubject): Promise<ResultFile[]> {
  if (result.type === 'heatmap') return heatmapFiles(result, subject);
  return resultFiles(result, { stem: subject.stem, source: sourceLines(subject) });
}

/** `<image>.sheet.png`: all maps of one picture side by side, each with its own colour bar. */
async function contactSheet(name: string, model: Model, finding: Finding): Promise<ResultFile[]> {
  const { picture, explained } = finding;
  const heatmaps = finding.findings.flatMap((found) =>
    found.results
      .filter((result): result is HeatmapResult => result.type === 'heatmap')
      .map((heat) => ({ found, heat })),
  );
  const [first] = heatmaps;
  if (heatmaps.length < 2 || first === undefined || picture === undefined) return [];
  const cells = heatmaps.map(({ found, heat }) => {
    const drawn = drawnMap(heat);
    return { picture: drawn, drawn, caption: [heat.title, ...captionOf(found)] };
  });
  const [line = ''] = sourceLines({ model, finding, found: first.found, stem: name });
  const content = await drawSheet({
    title: explained?.description ?? name,
    lines: [line, model.name],
    cells: [{ picture: picture.fitted, caption: ['what the network saw'] }, ...cells],
    notes: ['Each map has a colour scale of its own. Signed maps: red is positive, blue negative.'],
  });
  return [{ file: `${name}.sheet.png`, content }];
}

const captionOf = ({ layers }: MethodFinding): string[] => (layers.length === 0 ? [] : [layers.join(', ')]);
