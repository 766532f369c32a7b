import { composite } from './composite.ts';
import type { Painter, Placement } from './painter.ts';
import type { Scene } from './scene.ts';

/** How many composed pictures are kept. */
const keptPictures = 12;

/** Draws without WebGL: composes a scene once at the picture's resolution, then lets the canvas scale it. */
export class CanvasPainter implements Painter {
  readonly kind = 'canvas';
  readonly #composed = new Map<string, OffscreenCanvas>();

  paint(target: CanvasRenderingContext2D, scene: Scene, { x, y, scale, clip }: Placement): void {
    const { width, height } = scene.base;
    target.save();
    target.beginPath();
    target.rect(clip.x, 0, clip.width, target.canvas.height);
    target.clip();
    target.imageSmoothingEnabled = scale < 1;
    target.imageSmoothingQuality = 'high';
    target.drawImage(this.#picture(scene), x, y, width * scale, height * scale);
    target.restore();
  }

  #picture(scene: Scene): OffscreenCanvas {
    const key = sceneKey(scene);
    const known = this.#composed.get(key);
    if (known !== undefined) return known;
    const picture = composedCanvas(scene);
    const oldest = this.#composed.keys().next().value;
    if (this.#composed.size >= keptPictures && oldest !== undefined) this.#composed.delete(oldest);
    this.#composed.set(key, picture);
    return picture;
  }
}

/** A scene at the picture's own resolution. */
export function composedCanvas(scene: Scene): OffscreenCanvas {
  const { base, layers, greyBase } = scene;
  const canvas = new OffscreenCanvas(base.width, base.height);
  const pixels = new ImageData(composite(base, layers, greyBase), base.width, base.height);
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
  return canvas;
}

const sceneKey = ({ base, layers, greyBase }: Scene): string =>
  JSON.stringify([
    base.key,
    greyBase,
    layers.filter(({ display }) => display.visible).map(({ key, display, signed }) => [key, display, signed]),
  ]);
