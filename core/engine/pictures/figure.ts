import sharp from 'sharp';
import type { Picture } from '../../data/picture.ts';
import { barTicksSvg, colourBar } from './colourBar.ts';
import type { DrawnMap } from './heatmap.ts';
import { encodePng, magnify, pipelineOf } from './png.ts';
import { fitText, textSvg, textWidth } from './text.ts';

export interface FigureContent {
  /** What the network saw. */
  readonly picture: Picture;
  readonly drawn: DrawnMap;
  readonly overlay: Picture;
  /** `Grad-CAM` */
  readonly title: string;
  /** `bull mastiff · 62.1 %` and further lines: the layer, the model. */
  readonly lines: readonly string[];
  /** What a reader must know to read the map: `negative evidence blue`. Warnings about pixels without a number are added. */
  readonly notes?: readonly string[];
}

const [margin, gap] = [28, 24];
const sizes = { title: 22, line: 15, caption: 14, tick: 13 };
/** Panels are magnified by a whole number until they are at least this wide. */
const leastPanelWidth = 320;

/**
 * Draws [picture | map | overlay] side by side with a heading, captions and a colour bar with numbers,
 * and encodes it as a PNG. Map and bar keep hard pixel edges; the photographs are enlarged smoothly.
 */
export async function drawFigure(content: FigureContent): Promise<Uint8Array> {
  const { picture, drawn } = content;
  const factor = Math.max(1, Math.ceil(leastPanelWidth / picture.width));
  const [width, height] = [picture.width * factor, picture.height * factor];
  const lefts = [0, 1, 2].map((index) => margin + index * (width + gap));
  const innerWidth = 3 * width + 2 * gap;
  const heading = headingSvg(content, innerWidth);
  const top = heading.bottom + sizes.caption + 32;
  const barTop = top + height + 12;
  const foot = footSvg(content, barTop, margin, width);
  const captions = ['what the network saw', 'map', 'map on the picture'].map((caption, index) =>
    textSvg(caption, lefts[index] ?? 0, top - 9, { size: sizes.caption, fill: '#444444' }),
  );
  const bar = colourBar(drawn, width, 14);
  const [left = 0, middle = 0, right = 0] = lefts;
  const ticks = barTicksSvg(drawn, middle, barTop + 14, width, sizes.tick);
  return compose(
    { width: innerWidth + 2 * margin, height: foot.bottom + margin },
    [heading.svg, ...captions, ticks, foot.svg].join(''),
    [
      { picture: await smoothly(picture, factor), left, top },
      { picture: magnify(drawn, factor), left: middle, top },
      { picture: await smoothly(content.overlay, factor), left: right, top },
      { picture: bar, left: middle, top: barTop },
    ],
  );
}

/** Title and lines from the top margin down; `bottom` is the last baseline. */
function headingSvg({ title, lines }: FigureContent, width: number): { svg: string; bottom: number } {
  let y = margin + sizes.title * 0.8;
  const parts = [
    textSvg(fitText(title, sizes.title, width), margin, y, { size: sizes.title, fill: '#111111' }),
  ];
  for (const line of lines) {
    y += sizes.line * 1.6;
    parts.push(textSvg(fitText(line, sizes.line, width), margin, y, { size: sizes.line, fill: '#333333' }));
  }
  return { svg: parts.join(''), bottom: Math.round(y) };
}

/** Notes to the left of the colour bar where they fit there, else below it. */
function footSvg(
  content: FigureContent,
  barTop: number,
  left: number,
  width: number,
): { svg: string; bottom: number } {
  const bottomOfTicks = barTop + 14 + 8 + sizes.tick;
  const warning = nonFiniteWarning(content.drawn);
  const notes = [
    ...(content.notes ?? []),
    ...beyondNote(content.drawn),
    ...(warning === undefined ? [] : [warning]),
  ];
  const beside = notes.every((note) => textWidth(note, sizes.tick) <= width);
  let y = beside ? barTop - sizes.tick * 0.7 : bottomOfTicks;
  const parts = notes.map((note) => {
    y += sizes.tick * 1.6;
    const fill = note === warning ? '#b00060' : '#555555';
    const line = fitText(note, sizes.tick, beside ? width : 3 * width + 2 * gap);
    return textSvg(line, left, y, { size: sizes.tick, fill });
  });
  return { svg: parts.join(''), bottom: Math.ceil(Math.max(y, bottomOfTicks)) };
}

function nonFiniteWarning({ scale, map }: DrawnMap): string | undefined {
  if (scale.nonFinite === 0) return undefined;
  return `${scale.nonFinite} of ${map.values.length} values are no finite numbers: magenta chequer.`;
}

/** Numbers outside the colour bar look like its ends; a reader should know how many there are. */
function beyondNote({ scale, map }: DrawnMap): string[] {
  if (scale.high === 0) return ['All values are zero.'];
  if (scale.beyond === 0) return [];
  return [`${scale.beyond} of ${map.values.length} values lie beyond the ends of the colour bar.`];
}

async function smoothly(picture: Picture, factor: number): Promise<Picture> {
  if (factor === 1) return picture;
  // Below about 64 pixels smoothing would hide how little the network saw.
  if (factor > 5) return magnify(picture, factor);
  const { data, info } = await pipelineOf(picture)
    .resize({ width: picture.width * factor, height: picture.height * factor, fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

/** A picture and where its upper left corner goes. */
interface Panel {
  readonly picture: Picture;
  readonly left: number;
  readonly top: number;
}

/** White canvas, the drawing above and below the photographs, then the panels. No text lies on a panel. */
async function compose(
  { width, height }: { width: number; height: number },
  drawing: string,
  [first, ...others]: readonly [Panel, ...Panel[]],
): Promise<Uint8Array> {
  const rgb = new Uint8Array(width * height * 3).fill(255);
  const canvas = { width, height, rgb };
  const below = first.top + first.picture.height;
  const [head, foot] = await Promise.all([
    drawStrip(drawing, width, 0, first.top),
    drawStrip(drawing, width, below, height - below),
  ]);
  const texts = [
    { picture: head, left: 0, top: 0 },
    { picture: foot, left: 0, top: below },
  ];
  for (const panel of [...texts, first, ...others]) paste(canvas, panel);
  return encodePng(canvas);
}

/** The rows of a drawing from `top` on, on white. */
async function drawStrip(drawing: string, width: number, top: number, height: number): Promise<Picture> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 ${top} ${width} ${height}">${drawing}</svg>`;
  const rgb = await sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).removeAlpha().raw().toBuffer();
  return { width, height, rgb };
}

function paste(canvas: Picture, { picture, left, top }: Panel): void {
  const { width, height, rgb } = picture;
  for (let y = 0; y < height; y++) {
    const row = rgb.subarray(y * width * 3, (y + 1) * width * 3);
    canvas.rgb.set(row, ((top + y) * canvas.width + left) * 3);
  }
}
