import path from 'node:path';
import { attributions } from '../attribution/emit.ts';
import { readBytes } from '../base/files.ts';
import { type Model, openModel } from '../model/model.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { bundledModel } from './bundled.ts';
import type { ExplainRequest, ExplainedImage } from './explain.ts';
import { type ExplanationRun, explainToFolder } from './explainToFolder.ts';
import { type Prediction, predictImages } from './predict.ts';
import { type DemoPage, type PagePicture, demoPage } from './report/demoPage.ts';
import { resultName } from './saveExplanation.ts';

export interface DemoRequest extends Pick<ExplainRequest, 'signal' | 'onProgress'> {
  readonly runtime: Runtime;
  /** The folder to write. */
  readonly out: string;
  readonly onImage?: (explained: ExplainedImage) => void;
}

export interface Demo extends ExplanationRun {
  /** The page to open. */
  readonly page: string;
}

/** Explains the sample pictures of the bundled model by every method and writes a page that shows all of it. */
export async function writeDemo(request: DemoRequest): Promise<Demo> {
  const { runtime, out } = request;
  const bundled = bundledModel('shapes');
  const model = await openModel(asTyped(bundled.model));
  const images = bundled.samples.map(asTyped);
  const predictions = await topFive(model, { ...request, images });
  const copies = await Promise.all(images.map((image) => readBytes(image, 'picture')));
  const seen: ExplainedImage[] = [];
  const run = await explainToFolder(
    { ...request, model, runtime, images, methods: everyMethod(), target: 'top' },
    out,
    (explained) => {
      seen.push(explained);
      request.onImage?.(explained);
    },
    () => {
      const pictures = picturesOf(seen, predictions);
      const page: DemoPage = { model, pictures, out };
      const files = new Map<string, Uint8Array | string>([['index.html', demoPage(page)]]);
      for (const [index, { copy }] of pictures.entries()) files.set(copy, copies[index] ?? '');
      return files;
    },
  );
  return { ...run, page: path.join(out, 'index.html') };
}

/** Relative where that is shorter to type: the command lines of the page are for the folder the demo was started in. */
function asTyped(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}

const everyMethod = () =>
  [...attributions.values()].map(({ id, params }) => ({ id, params: params.parse({}) }));

async function topFive(
  model: Model,
  request: DemoRequest & { images: readonly string[] },
): Promise<Prediction[]> {
  const { runtime, images, signal } = request;
  const found: Prediction[] = [];
  const options = signal === undefined ? {} : { signal };
  for await (const prediction of predictImages({ model, runtime, images, top: 5, ...options })) {
    found.push(prediction);
  }
  return found;
}

function picturesOf(seen: readonly ExplainedImage[], predictions: readonly Prediction[]): PagePicture[] {
  const taken = new Set<string>();
  return seen.map((explained, index) => {
    const name = resultName(explained.file.path, taken);
    const copy = `${name}${path.extname(explained.file.path)}`;
    return { name, copy, explained, top: predictions[index]?.top ?? [] };
  });
}
