import type { Layer } from './canvas.ts';
import { type Colour, hsv } from './colours.ts';

const white: Colour = [1, 1, 1];
const cueColour = hsv(0.83, 0.95, 0.95);

/** The spurious cue: a magenta square with a white middle in the top left corner, a tenth of the side. */
export function cueMark(size: number): Layer {
  const half = 0.05 * size;
  const centre = 0.025 * size + half;
  return {
    x: centre,
    y: centre,
    reach: 1.5 * half,
    at(px, py) {
      const far = Math.max(Math.abs(px - centre), Math.abs(py - centre)) / half;
      if (far > 1) return 0;
      return far > 0.45 ? 1 : 2;
    },
    colours: [cueColour, white],
  };
}

/** The watermark: a half transparent white ring with a bar, in the bottom right corner. */
export function watermark(size: number): Layer {
  const radius = 0.075 * size;
  const centre = size - 0.03 * size - radius;
  return {
    x: centre,
    y: centre,
    reach: radius,
    at(px, py) {
      const [dx, dy] = [(px - centre) / radius, (py - centre) / radius];
      const away = Math.sqrt(dx * dx + dy * dy);
      const isRing = away <= 1 && away >= 0.72;
      const isBar = Math.abs(dx) <= 0.16 && Math.abs(dy) <= 0.5;
      return isRing || isBar ? 1 : 0;
    },
    colours: [white, white],
    opacity: 0.7,
  };
}
