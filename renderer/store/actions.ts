import type { JobInfo, JobRequestInput } from '../../core/protocol/jobs.ts';
import type { MethodDescriptor } from '../../core/protocol/method.ts';
import { topClass } from '../../core/protocol/target.ts';
import type { ImageInfo } from '../../core/protocol/workbench.ts';
import { api, upload } from '../client.ts';
import { chooseImage, chooseModel, chooseRun, useBench } from './bench.ts';
import { referenceRoles } from './references.ts';
import { showRun } from './runs.ts';
import { addJob, attempt, isActive, notify, onJobEnd, putImages, putModel, useServer } from './server.ts';

/** Jobs that were started here: their results are shown as soon as they are there. */
const ours = new Set<string>();

/** Opens an ONNX file of the server's machine and chooses it. */
export async function openModel(path: string): Promise<void> {
  const model = await api.models.open({ path });
  putModel(model);
  chooseModel(model.id);
}

/** Adds a picture, or all of a folder, of the server's machine; chooses the first. */
export async function addImages(path: string): Promise<void> {
  const { images, refused } = await api.images.add({ path });
  putImages(images);
  const [first] = images;
  if (first !== undefined) chooseImage(first.id);
  refused.forEach(({ message }) => notify('warning', message));
}

/** Sends files from this machine to the server, one after another; what cannot be read is told. */
export async function addFiles(files: readonly File[]): Promise<void> {
  for (const file of files) {
    try {
      const answer = await upload(file);
      if (answer.kind === 'model') {
        putModel(answer.model);
        chooseModel(answer.model.id);
      } else {
        putImages([answer.image]);
        chooseImage(answer.image.id);
      }
    } catch (error) {
      notify('error', error instanceof Error ? error.message : String(error));
    }
  }
}

/** Starts a job and shows its run when it ends; a short job may have ended before the answer is here. */
export async function start(request: JobRequestInput): Promise<void> {
  const job = addJob(await api.jobs.start(request));
  ours.add(job.id);
  if (!isActive(job)) showOwn(job);
}

function showOwn({ id, run }: JobInfo): void {
  if (ours.delete(id) && run !== undefined) attempt(() => showRun(run));
}

/** Runs a finished run again; the job says which files came out the same. */
export async function repeat(run: string): Promise<void> {
  addJob(await api.runs.repeat({ run }));
}

/** Shows the runs of this window's own jobs as they end; returns what stops it. */
export function followOwnJobs(): () => void {
  return onJobEnd(showOwn);
}

/** A method with its parameters as they are set in this window, on these images of the chosen model. */
export function requestFor(method: MethodDescriptor, images: readonly string[]): JobRequestInput | undefined {
  const { id, command } = method;
  const { model, params, targets, defences, references } = useBench.getState();
  if (model === undefined || command === undefined) return undefined;
  const roles = referenceRoles(method).filter(({ role }) => (references[role]?.length ?? 0) > 0);
  return {
    command,
    model,
    images: images.map((image) => ({ image })),
    methods: [{ id, params: params[id] ?? {} }],
    target: targets[model] ?? topClass,
    defences: command === 'features' ? [] : [...defences],
    references: Object.fromEntries(roles.map(({ role }) => [role, [...(references[role] ?? [])]])),
  };
}

/** What is explained on the samples when the workbench is opened for the first time. */
const firstMethods = ['gradCam', 'integratedGradients', 'guidedBackprop', 'gradient'];

/** Opens a model that comes with Loupe and explains its samples. */
export async function openSample(name?: string): Promise<void> {
  const bundled = useServer.getState().session?.bundled ?? [];
  const sample =
    bundled.find((one) => one.name === name) ??
    bundled.find(({ samples }) => samples.length > 0) ??
    bundled[0];
  if (sample === undefined) return;
  const model = await api.models.open({ path: sample.path });
  // One after another, so that they keep their order.
  for (const { path } of sample.samples) putImages((await api.images.add({ path })).images);
  putModel(model);
  chooseModel(model.id);
  const names = new Set(sample.samples.map(({ name: file }) => file));
  const images = useServer.getState().images.filter(({ name: file }) => names.has(file));
  const [first, ...others] = images;
  if (first === undefined) return;
  chooseImage(first.id);
  // The image that is looked at comes first, so that there is something to see soon.
  await start(firstRequest(model.id, [first]));
  if (others.length > 0) addJob(await api.jobs.start(firstRequest(model.id, others)));
}

const firstRequest = (model: string, images: readonly ImageInfo[]): JobRequestInput => ({
  command: 'explain',
  model,
  images: images.map(({ id }) => ({ image: id })),
  methods: firstMethods.map((id) => ({ id, params: {} })),
});

/** Takes an image out of the workspace and looks at another. */
export async function removeImage(image: string): Promise<void> {
  await api.images.remove({ image });
  if (useBench.getState().image === image) {
    chooseImage(useServer.getState().images.find(({ id }) => id !== image)?.id);
  }
}

export async function forgetModel(model: string): Promise<void> {
  await api.models.forget({ model });
  if (useBench.getState().model === model) {
    chooseModel(useServer.getState().models.find(({ id }) => id !== model)?.id);
  }
}

export async function removeRun(run: string): Promise<void> {
  await api.runs.remove({ run });
  if (useBench.getState().run === run) chooseRun(undefined);
}

/** Looks at the next or previous image of the workspace. */
export function stepImage(by: 1 | -1): void {
  const { images } = useServer.getState();
  const at = images.findIndex(({ id }) => id === useBench.getState().image);
  const next = images[(at + by + images.length) % images.length];
  if (next !== undefined) chooseImage(next.id);
}
