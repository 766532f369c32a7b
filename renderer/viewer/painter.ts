import type { Scene } from './scene.ts';

/** Where the image lies on a canvas, in its device pixels. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  /** Device pixels an image pixel takes. */
  readonly scale: number;
  /** Nothing is drawn outside of it: how a swipe shows two scenes. */
  readonly clip: { readonly x: number; readonly width: number };
}

/** Draws scenes on canvases. Nearest neighbour above one device pixel a pixel, smooth below. */
export interface Painter {
  readonly kind: 'webgl' | 'canvas';
  paint(target: CanvasRenderingContext2D, scene: Scene, placement: Placement): void;
}
