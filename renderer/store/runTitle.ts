import type { JobInfo, RunInfo } from '../../core/protocol/jobs.ts';
import { useServer } from './server.ts';

/** Names of methods, for titles. */
export function useMethodTitle(): (id: string) => string {
  const methods = useServer((server) => server.session?.methods);
  return (id) => methods?.find((one) => one.id === id)?.title ?? id;
}

/** `Grad-CAM, Occlusion · cat.png`, `PGD · 4 images`, `First-layer weights` */
export function runTitle({ methods, images }: RunInfo, titleOf: (method: string) => string): string {
  const [first] = images;
  const subject = images.length > 1 ? `${images.length} images` : first?.name;
  const asked = methods.map(titleOf).join(', ');
  return subject === undefined ? asked : `${asked} · ${subject}`;
}

/** The same for a job; a repetition keeps the server's title. */
export function jobTitle({ title, request }: JobInfo, titleOf: (method: string) => string): string {
  if (request === undefined) return title;
  const asked = request.methods.map(({ id }) => titleOf(id)).join(', ');
  const { length } = request.images;
  return length === 0 ? asked : `${asked} · ${length} ${length === 1 ? 'image' : 'images'}`;
}
