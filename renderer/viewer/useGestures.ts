import { type RefObject, useEffect, useRef } from 'react';
import { setCursor, setView } from '../store/views.ts';
import { overviewBox } from './drawing.ts';
import { type Point, type Size, type View, fitted, panBy, toImage, zoomAt } from './view.ts';

/** How much one notch of a wheel zooms. */
const zoomPerPixel = 0.0016;

interface Gestures {
  readonly key: string;
  readonly viewer: string;
  readonly view: View;
  readonly image: Size | undefined;
  readonly panel: Size;
}

/**
 * Wheel zooms at the cursor; a drag with any button pans; a double click fits; a click into the overview goes there. The place under the
 * cursor is told to the viewers of the same group.
 */
export function useGestures(element: RefObject<HTMLCanvasElement | null>, gestures: Gestures): void {
  const latest = useRef(gestures);
  latest.current = gestures;
  useEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    return listen(current, () => latest.current);
  }, [element]);
}

function listen(canvas: HTMLCanvasElement, latest: () => Gestures): () => void {
  const controller = new AbortController();
  const options = { signal: controller.signal };
  let dragged: Point | undefined;

  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const { key, image, panel } = latest();
      if (image === undefined) return;
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const factor = Math.exp(-event.deltaY * lines * zoomPerPixel);
      setView(key, (view) => zoomAt(view, factor, pointOf(event), image, panel));
    },
    { ...options, passive: false },
  );
  canvas.addEventListener(
    'pointerdown',
    (event) => {
      canvas.focus({ preventScroll: true });
      if (event.button === 1) event.preventDefault();
      if (event.button > 1) return;
      const jump = overviewPoint(pointOf(event), latest());
      if (jump !== undefined) {
        setView(latest().key, (view) => ({ ...view, centreX: jump.x, centreY: jump.y }));
        return;
      }
      dragged = pointOf(event);
      canvas.setPointerCapture(event.pointerId);
    },
    options,
  );
  canvas.addEventListener(
    'pointermove',
    (event) => {
      const { key, image, panel, view, viewer } = latest();
      if (image === undefined) return;
      const at = pointOf(event);
      if (dragged !== undefined) {
        const [dx, dy] = [at.x - dragged.x, at.y - dragged.y];
        dragged = at;
        if (dx !== 0 || dy !== 0) setView(key, (before) => panBy(before, dx, dy, image, panel));
      }
      const { x, y } = toImage(at, view, image, panel);
      setCursor(key, { x: x / image.width, y: y / image.height, from: viewer });
    },
    options,
  );
  const release = (): void => {
    dragged = undefined;
  };
  canvas.addEventListener('pointerup', release, options);
  canvas.addEventListener('pointercancel', release, options);
  canvas.addEventListener('pointerleave', () => setCursor(latest().key, undefined), options);
  canvas.addEventListener('dblclick', () => setView(latest().key, () => fitted), options);
  return () => controller.abort();
}

const pointOf = (event: MouseEvent): Point => ({ x: event.offsetX, y: event.offsetY });

/** The place in the image, as shares of it, that a point of the overview stands for. */
function overviewPoint(point: Point, { view, image, panel }: Gestures): Point | undefined {
  const box = image === undefined ? undefined : overviewBox(view, image, panel);
  if (box === undefined) return undefined;
  const [x, y] = [(point.x - box.x) / box.width, (point.y - box.y) / box.height];
  return x >= 0 && y >= 0 && x <= 1 && y <= 1 ? { x, y } : undefined;
}
