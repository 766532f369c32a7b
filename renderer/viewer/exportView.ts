import { composedCanvas } from './canvasPainter.ts';
import type { Scene } from './scene.ts';

/** Saves a canvas as it is shown. */
export async function saveCanvas(canvas: HTMLCanvasElement, name: string): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('The view could not be written as a picture.');
  saveBlob(blob, name);
}

/** Saves picture and overlays at the picture's own resolution, a pixel a pixel. */
export async function saveScene(scene: Scene, name: string): Promise<void> {
  saveBlob(await composedCanvas(scene).convertToBlob({ type: 'image/png' }), name);
}

function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
