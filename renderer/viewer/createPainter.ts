import { CanvasPainter } from './canvasPainter.ts';
import { GlPainter } from './glPainter.ts';
import type { Painter } from './painter.ts';

let shared: Painter | undefined;

/**
 * The page's one painter: WebGL2 where a graphics card does it, a canvas otherwise; `?painter=webgl` or `canvas` forces one.
 * Where WebGL is computed by the processor, composing once and scaling is faster (a pan: 17 ms a frame instead of 50).
 */
export function sharedPainter(): Painter {
  shared ??= createPainter(new URLSearchParams(location.search).get('painter'));
  return shared;
}

function createPainter(wanted: string | null): Painter {
  if (wanted === 'canvas') return new CanvasPainter();
  try {
    const painter = new GlPainter(() => {
      shared = new CanvasPainter();
    });
    return painter.isSoftware && wanted !== 'webgl' ? new CanvasPainter() : painter;
  } catch {
    return new CanvasPainter();
  }
}
