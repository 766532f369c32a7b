import path from 'node:path';
import { attributionOf } from '../attribution/emit.ts';
import { encodeNpy } from '../base/npy.ts';
import { floatsOf } from '../base/tensor.ts';
import type { Model } from '../model/model.ts';
import type { OutputFolder } from './atomic.ts';
import type { ExplainedImage, ExplainedMethod } from './explain.ts';
import { drawFigure } from './pictures/figure.ts';
import { drawMap } from './pictures/heatmap.ts';
import { overlayMap } from './pictures/overlay.ts';
import { encodePng } from './pictures/png.ts';

/** The name of an image's results: its file name without the ending, made unique in the run. */
export function resultName(file: string, taken: Set<string>): string {
  const stem = path.parse(file).name;
  let name = stem;
  for (let count = 2; taken.has(name); count++) name = `${stem}-${count}`;
  taken.add(name);
  return name;
}

/** Writes arrays and pictures of one image: `<image>.<method>.npy`, `.map.npy`, `.png` (figure) and `.overlay.png`. */
export async function saveExplanation(
  folder: OutputFolder,
  name: string,
  model: Model,
  explained: ExplainedImage,
): Promise<{ file: string; content: Uint8Array }[]> {
  const perMethod = await Promise.all(
    explained.methods.map(async (method) => {
      const stem = `${name}.${method.plan.attribution}`;
      return [
        { file: `${stem}.npy`, content: encodeNpy(method.attribution) },
        { file: `${stem}.map.npy`, content: encodeNpy(method.map) },
        ...(await drawMethod(stem, model, explained, method)),
      ];
    }),
  );
  const files = perMethod.flat();
  for (const { file, content } of files) await folder.add(file, content);
  return files;
}

async function drawMethod(
  stem: string,
  model: Model,
  { fitted, target }: ExplainedImage,
  { plan, map }: ExplainedMethod,
): Promise<{ file: string; content: Uint8Array }[]> {
  const { title, citation, reading } = attributionOf(plan.id);
  const { width, height } = fitted;
  const drawn = drawMap({ width, height, values: floatsOf(map), signed: plan.signed });
  const overlay = overlayMap(fitted, drawn);
  const percent = (100 * target.probability).toFixed(1);
  const layers = plan.layers.map((layer) => `layer ${layer.name}`);
  const figure = await drawFigure({
    picture: fitted,
    drawn,
    overlay,
    title,
    lines: [
      `${target.label} (class ${target.index}) · ${percent} % · logit ${target.logit.toFixed(3)}`,
      [model.name, ...layers, citation].join(' · '),
    ],
    notes: plan.signed ? [reading] : [],
  });
  return [
    { file: `${stem}.png`, content: figure },
    { file: `${stem}.overlay.png`, content: await encodePng(overlay) },
  ];
}
