import { useEffect, useState } from 'react';
import { addFiles } from '../store/actions.ts';
import { attempt } from '../store/server.ts';

/** Takes models and pictures that are dropped on the page or pasted into it. */
export function DropVeil() {
  const [over, setOver] = useState(false);
  useEffect(() => listen(setOver), []);
  return over ? <div className="drop-veil">Drop models (.onnx) and pictures to open them</div> : null;
}

function listen(setOver: (over: boolean) => void): () => void {
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  window.addEventListener(
    'dragover',
    (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    },
    options,
  );
  // Leaving the window is the only leave without a place to go to.
  window.addEventListener('dragleave', (event) => event.relatedTarget === null && setOver(false), options);
  window.addEventListener(
    'drop',
    (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      take(event.dataTransfer?.files);
    },
    options,
  );
  window.addEventListener('paste', (event) => take(event.clipboardData?.files), options);
  return () => controller.abort();
}

function take(files: FileList | undefined): void {
  if (files !== undefined && files.length > 0) attempt(() => addFiles([...files]));
}
