import type { MethodDescriptor } from '../../core/protocol/method.ts';
import { requestFor, start } from './actions.ts';
import { useBench } from './bench.ts';
import { referenceRoles } from './references.ts';
import { useServer } from './server.ts';

/** Why the chosen method cannot run now, as a sentence that says what to do; undefined where it can. */
export function obstacle(method: MethodDescriptor | undefined): string | undefined {
  const { model, image, references } = useBench.getState();
  if (method === undefined) return 'Choose a method.';
  if (model === undefined) return 'Open a model first.';
  if (method.command === undefined) return 'A defence is no run of its own: add it as a stage below.';
  if (needsImage(method) && image === undefined) return 'Choose an image first.';
  const missing = referenceRoles(method).find(
    ({ role, required }) => required && (references[role]?.length ?? 0) === 0,
  );
  return missing === undefined ? undefined : `Choose an image for: ${missing.title}.`;
}

/** Whether a method is about pictures rather than about the network alone. */
export const needsImage = ({ command }: MethodDescriptor): boolean => command !== 'features';

/** Methods whose result needs several pictures to mean something. */
const aboutAll: ReadonlySet<string> = new Set(['examples', 'robustness']);

/** The images that a run would take: the chosen ones if there are any, else the one that is looked at; all for statistics. */
export function imagesFor(method: MethodDescriptor): readonly string[] {
  const { image, chosenImages } = useBench.getState();
  if (!needsImage(method)) return [];
  if (chosenImages.length > 0) return chosenImages;
  if (method.command !== undefined && aboutAll.has(method.command)) {
    return useServer.getState().images.map(({ id }) => id);
  }
  return image === undefined ? [] : [image];
}

/** Runs the method whose settings are shown. */
export async function runChosenMethod(): Promise<void> {
  const { method: id } = useBench.getState();
  const method = useServer.getState().session?.methods.find((one) => one.id === id);
  const fault = obstacle(method);
  if (method === undefined || fault !== undefined) throw new Error(fault);
  const request = requestFor(method, imagesFor(method));
  if (request !== undefined) await start(request);
}
