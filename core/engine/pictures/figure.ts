import type { Picture } from '../../data/picture.ts';
import { compose, enlarge } from './canvas.ts';
import { barTicksSvg, colourBar } from './colourBar.ts';
import { type TextBlock, headingSvg, margin, noteFill, textSizes, warningFill } from './heading.ts';
import type { DrawnMap } from './heatmap.ts';
import { notesOn } from './mapNotes.ts';
import { encodePng, magnify } from './png.ts';
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

const gap = 24;
const sizes = { caption: textSizes.caption, tick: textSizes.note };
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
  const heading = headingSvg(content.title, content.lines, innerWidth);
  const top = heading.bottom + sizes.caption + 32;
  const barTop = top + height + 12;
  const foot = footSvg(content, barTop, margin, width);
  const captions = ['what the network saw', 'map', 'map on the picture'].map((caption, index) =>
    textSvg(caption, lefts[index] ?? 0, top - 9, { size: sizes.caption, fill: '#444444' }),
  );
  const bar = colourBar(drawn, width, 14);
  const [left = 0, middle = 0, right = 0] = lefts;
  const ticks = barTicksSvg(drawn, middle, barTop + 14, width, sizes.tick);
  const below = top + height;
  const whole = { width: innerWidth + 2 * margin, height: foot.bottom + margin };
  const canvas = await compose(
    whole,
    [
      { svg: [heading.svg, ...captions].join(''), top: 0, height: top },
      { svg: ticks + foot.svg, top: below, height: whole.height - below },
    ],
    [
      { picture: await enlarge(picture, factor), left, top },
      { picture: magnify(drawn, factor), left: middle, top },
      { picture: await enlarge(content.overlay, factor), left: right, top },
      { picture: bar, left: middle, top: barTop },
    ],
  );
  return encodePng(canvas);
}

/** Notes to the left of the colour bar where they fit there, else below it. */
function footSvg(content: FigureContent, barTop: number, left: number, width: number): TextBlock {
  const bottomOfTicks = barTop + 14 + 8 + sizes.tick;
  const about = notesOn(content.drawn);
  const notes = [...(content.notes ?? []), ...about.notes, ...about.warnings];
  const beside = notes.every((note) => textWidth(note, sizes.tick) <= width);
  let y = beside ? barTop - sizes.tick * 0.7 : bottomOfTicks;
  const parts = notes.map((note) => {
    y += sizes.tick * 1.6;
    const fill = about.warnings.includes(note) ? warningFill : noteFill;
    const line = fitText(note, sizes.tick, beside ? width : 3 * width + 2 * gap);
    return textSvg(line, left, y, { size: sizes.tick, fill });
  });
  return { svg: parts.join(''), bottom: Math.ceil(Math.max(y, bottomOfTicks)) };
}
