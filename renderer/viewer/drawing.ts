import { formatNumber } from '../../core/base/formatNumber.ts';
import { type Layer, valueAt } from './layer.ts';
import type { Painter } from './painter.ts';
import type { Scene } from './scene.ts';
import { type Point, type Size, type View, scaleOf, toImage, toPanel, visiblePart } from './view.ts';

/** From so many CSS pixels an image pixel, pixels are parted by lines, and from so many they carry their numbers. */
const gridFrom = 16;
const numbersFrom = 30;

/** The overview's longer side in CSS pixels, and its distance from the panel's edges. */
const overviewSide = 104;
const overviewMargin = 10;

/** Everything that decides what a viewer's canvas looks like. */
export interface Frame {
  /** One scene, or two that a swipe divides at `swipe` (0 to 1). */
  readonly scenes: readonly [Scene] | readonly [Scene, Scene];
  readonly swipe: number;
  readonly view: View;
  /** In CSS pixels. */
  readonly panel: Size;
  readonly pixelRatio: number;
  /** Cross-hair, as shares of the image; drawn by viewers that the cursor is not in. */
  readonly crossHair: Point | undefined;
  readonly dark: boolean;
}

/** Draws a viewer: scenes, pixel grid, numbers, cross-hair and overview. */
export function drawFrame(target: CanvasRenderingContext2D, painter: Painter, frame: Frame): void {
  const { scenes, panel, pixelRatio, view, swipe } = frame;
  const [first, second] = scenes;
  const width = target.canvas.width;
  target.setTransform(1, 0, 0, 1, 0, 0);
  target.clearRect(0, 0, width, target.canvas.height);
  const corner = toPanel({ x: 0, y: 0 }, view, first.base, panel);
  const divided = second === undefined ? width : Math.round(swipe * width);
  for (const [scene, from, to] of [
    [first, 0, divided],
    [second, divided, width],
  ] as const) {
    if (scene === undefined) continue;
    painter.paint(target, scene, {
      x: corner.x * pixelRatio,
      y: corner.y * pixelRatio,
      scale: scaleOf(view, scene.base, panel) * pixelRatio,
      clip: { x: from, width: to - from },
    });
  }
  target.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  drawGrid(target, frame);
  drawCrossHair(target, frame);
  drawOverview(target, painter, frame);
}

function drawGrid(target: CanvasRenderingContext2D, { scenes: [scene], view, panel }: Frame): void {
  const image = scene.base;
  const scale = scaleOf(view, image, panel);
  if (scale < gridFrom) return;
  const first = toImage({ x: 0, y: 0 }, view, image, panel);
  const last = toImage({ x: panel.width, y: panel.height }, view, image, panel);
  const [left, top] = [Math.max(0, Math.floor(first.x)), Math.max(0, Math.floor(first.y))];
  const [right, bottom] = [
    Math.min(image.width, Math.ceil(last.x)),
    Math.min(image.height, Math.ceil(last.y)),
  ];
  const place = (x: number, y: number): Point => toPanel({ x, y }, view, image, panel);
  target.strokeStyle = 'rgb(128 128 128 / 55%)';
  target.lineWidth = 1;
  target.beginPath();
  for (let x = left; x <= right; x++) {
    const at = Math.round(place(x, 0).x) + 0.5;
    target.moveTo(at, place(0, top).y);
    target.lineTo(at, place(0, bottom).y);
  }
  for (let y = top; y <= bottom; y++) {
    const at = Math.round(place(0, y).y) + 0.5;
    target.moveTo(place(left, 0).x, at);
    target.lineTo(place(right, 0).x, at);
  }
  target.stroke();
  if (scale >= numbersFrom) drawNumbers(target, scene, scale, { left, top, right, bottom }, place);
}

interface Pixels {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function drawNumbers(
  target: CanvasRenderingContext2D,
  scene: Scene,
  scale: number,
  { left, top, right, bottom }: Pixels,
  place: (x: number, y: number) => Point,
): void {
  const layer = scene.layers.findLast(({ display }) => display.visible);
  const size = Math.min(13, Math.max(8, scale / (layer === undefined ? 3.4 : 4.2)));
  const digits = scale < 48 ? 2 : scale < 90 ? 3 : 5;
  target.font = `${size}px ui-monospace, monospace`;
  target.textAlign = 'center';
  target.textBaseline = 'middle';
  target.lineJoin = 'round';
  target.lineWidth = 2.5;
  target.strokeStyle = 'rgb(0 0 0 / 70%)';
  target.fillStyle = '#ffffff';
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const centre = place(x + 0.5, y + 0.5);
      const lines = pixelLines(scene, layer, { x, y }, digits);
      lines.forEach((line, at) => {
        const baseline = centre.y + (at - (lines.length - 1) / 2) * size * 1.05;
        target.strokeText(line, centre.x, baseline);
        target.fillText(line, centre.x, baseline);
      });
    }
  }
}

/** The topmost overlay's number, or the three levels of the picture. */
function pixelLines(scene: Scene, layer: Layer | undefined, { x, y }: Point, digits: number): string[] {
  const { base } = scene;
  if (layer !== undefined) {
    const value = valueAt(layer.plane, x, y, base);
    return [Number.isFinite(value) ? formatNumber(value, digits) : String(value)];
  }
  const at = (y * base.width + x) * 4;
  return [...base.rgba.subarray(at, at + 3)].map(String);
}

function drawCrossHair(
  target: CanvasRenderingContext2D,
  { crossHair, scenes: [scene], view, panel }: Frame,
): void {
  if (crossHair === undefined) return;
  const { width, height } = scene.base;
  const { x, y } = toPanel({ x: crossHair.x * width, y: crossHair.y * height }, view, scene.base, panel);
  for (const [colour, thickness] of [
    ['rgb(0 0 0 / 60%)', 3],
    ['#ffffff', 1],
  ] as const) {
    target.strokeStyle = colour;
    target.lineWidth = thickness;
    target.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      target.moveTo(x + dx * 4, y + dy * 4);
      target.lineTo(x + dx * 12, y + dy * 12);
    }
    target.stroke();
  }
}

/** Where the overview lies in the panel, or undefined while the whole image is seen. */
export function overviewBox(view: View, image: Size, panel: Size): (Point & Size) | undefined {
  const part = visiblePart(view, image, panel);
  if (part.width * part.height > 0.97 || panel.width < 280 || panel.height < 220) return undefined;
  const scale = overviewSide / Math.max(image.width, image.height);
  const [width, height] = [image.width * scale, image.height * scale];
  return {
    x: panel.width - width - overviewMargin,
    y: panel.height - height - overviewMargin,
    width,
    height,
  };
}

function drawOverview(target: CanvasRenderingContext2D, painter: Painter, frame: Frame): void {
  const { scenes, view, panel, pixelRatio, dark } = frame;
  const [scene] = scenes;
  const box = overviewBox(view, scene.base, panel);
  if (box === undefined) return;
  target.fillStyle = dark ? '#17181c' : '#ffffff';
  target.fillRect(box.x - 3, box.y - 3, box.width + 6, box.height + 6);
  target.setTransform(1, 0, 0, 1, 0, 0);
  painter.paint(target, scene, {
    x: box.x * pixelRatio,
    y: box.y * pixelRatio,
    scale: (box.width / scene.base.width) * pixelRatio,
    clip: { x: box.x * pixelRatio, width: box.width * pixelRatio },
  });
  target.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  const part = visiblePart(view, scene.base, panel);
  target.lineWidth = 1.5;
  target.strokeStyle = '#ffb000';
  target.strokeRect(
    box.x + part.x * box.width,
    box.y + part.y * box.height,
    Math.max(2, part.width * box.width),
    Math.max(2, part.height * box.height),
  );
}
