/** Width and height: of an image in pixels, of a panel in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * What part of an image a panel shows. Centre and span are relative to the image, so that panels of different sizes and
 * images of different resolutions can share one view.
 */
export interface View {
  /** The image's point in the middle of the panel; (0, 0) and (1, 1) are its corners. */
  readonly centreX: number;
  readonly centreY: number;
  /** CSS pixels that the whole width of the image takes; `fit` follows the panel's size. */
  readonly span: number | 'fit';
}

export const fitted: View = { centreX: 0.5, centreY: 0.5, span: 'fit' };

/** CSS pixels an image pixel takes at most and at least. */
export const greatestScale = 256;
const leastDrawnPixels = 24;

/** Room left around an image that fits, in CSS pixels; little in small panels. */
const marginIn = (panel: Size): number => (Math.min(panel.width, panel.height) < 260 ? 1 : 8);

/** CSS pixels that one image pixel takes. */
export function scaleOf(view: View, image: Size, panel: Size): number {
  return view.span === 'fit' ? fitScale(image, panel) : view.span / image.width;
}

function fitScale(image: Size, panel: Size): number {
  const margin = 2 * marginIn(panel);
  const [width, height] = [Math.max(1, panel.width - margin), Math.max(1, panel.height - margin)];
  return Math.min(width / image.width, height / image.height, greatestScale);
}

/** A panel's point in image pixels; (0, 0) is the upper left corner of the first pixel. */
export function toImage(point: Point, view: View, image: Size, panel: Size): Point {
  const scale = scaleOf(view, image, panel);
  return {
    x: view.centreX * image.width + (point.x - panel.width / 2) / scale,
    y: view.centreY * image.height + (point.y - panel.height / 2) / scale,
  };
}

/** The inverse of `toImage`. */
export function toPanel(point: Point, view: View, image: Size, panel: Size): Point {
  const scale = scaleOf(view, image, panel);
  return {
    x: panel.width / 2 + (point.x - view.centreX * image.width) * scale,
    y: panel.height / 2 + (point.y - view.centreY * image.height) * scale,
  };
}

/** Zooms by `factor` so that the image's point under `anchor` (in the panel) stays where it is. */
export function zoomAt(view: View, factor: number, anchor: Point, image: Size, panel: Size): View {
  const scale = scaleOf(view, image, panel);
  return scaledTo(view, scale * factor, anchor, image, panel);
}

/** Zooms to `scale` CSS pixels an image pixel about `anchor`. */
export function scaledTo(view: View, scale: number, anchor: Point, image: Size, panel: Size): View {
  const least = Math.min(leastDrawnPixels / Math.max(image.width, image.height), fitScale(image, panel));
  const limited = Math.min(greatestScale, Math.max(least, scale));
  const held = toImage(anchor, view, image, panel);
  return inside({
    // toImage solved for the centre: held = centre + (anchor - middle) / scale.
    centreX: (held.x - (anchor.x - panel.width / 2) / limited) / image.width,
    centreY: (held.y - (anchor.y - panel.height / 2) / limited) / image.height,
    span: limited * image.width,
  });
}

/** Moves the image by (dx, dy) CSS pixels. */
export function panBy(view: View, dx: number, dy: number, image: Size, panel: Size): View {
  const scale = scaleOf(view, image, panel);
  return inside({
    centreX: view.centreX - dx / scale / image.width,
    centreY: view.centreY - dy / scale / image.height,
    span: scale * image.width,
  });
}

/** Keeps the panel's middle on the image, so that an image cannot be lost. */
function inside(view: View): View {
  return { ...view, centreX: clamp(view.centreX), centreY: clamp(view.centreY) };
}

const clamp = (share: number): number => Math.min(1, Math.max(0, share));

/** The part of the image that is seen, as shares of it in [0, 1]. */
export function visiblePart(view: View, image: Size, panel: Size): Point & Size {
  const first = toImage({ x: 0, y: 0 }, view, image, panel);
  const last = toImage({ x: panel.width, y: panel.height }, view, image, panel);
  const [x, y] = [clamp(first.x / image.width), clamp(first.y / image.height)];
  return { x, y, width: clamp(last.x / image.width) - x, height: clamp(last.y / image.height) - y };
}

/** The pixel that holds a point, or undefined beside the image. */
export function pixelAt(point: Point, image: Size): Point | undefined {
  const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
  return x >= 0 && y >= 0 && x < image.width && y < image.height ? { x, y } : undefined;
}

/** `312 %`, `0.9 %` */
export function zoomText(scale: number): string {
  const percent = scale * 100;
  return `${percent < 10 ? percent.toFixed(1) : String(Math.round(percent))} %`;
}
