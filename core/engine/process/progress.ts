import path from 'node:path';
import type { Progress } from '../../protocol/results.ts';
import { KeptBlobs, blobOf } from '../views/blobs.ts';
import { viewOf } from '../views/resultView.ts';
import type { CallHooks } from './messages.ts';

/** Milliseconds between two reports, and between two previews, whose pictures take time to encode. */
const reportInterval = 100;
const previewInterval = 300;

/** Passes a run's progress on, not more often than anyone can see; `files` are named without their folders. */
export function progressReporter(
  method: string,
  files: readonly string[],
  { onProgress }: Pick<CallHooks, 'onProgress'>,
): (progress: Progress) => void {
  let [reported, previewed, encoding] = [0, 0, false];
  let last = '';
  return ({ done, total, what, preview }) => {
    const now = performance.now();
    const text = files.reduce((sentence, file) => sentence.replaceAll(file, path.basename(file)), what);
    const plain = { done, total, what: text };
    if (preview !== undefined && !encoding && now - previewed >= previewInterval) {
      [previewed, reported, last, encoding] = [now, now, text, true];
      const blobs = new KeptBlobs();
      const send = async (): Promise<void> => {
        try {
          const view = await viewOf(preview, method, 'preview', blobs);
          onProgress({ ...plain, preview: view }, contentsOf(blobs));
        } finally {
          encoding = false;
        }
      };
      // A preview that cannot be drawn is no reason to fail; the run itself meets the same numbers at its end.
      send().catch(() => onProgress(plain, []));
      return;
    }
    if (now - reported < reportInterval && text === last) return;
    [reported, last] = [now, text];
    onProgress(plain, []);
  };
}

const contentsOf = ({ contents }: KeptBlobs) =>
  [...contents].map(([name, content]) => ({ mediaType: blobOf(name, content).mediaType, content }));
