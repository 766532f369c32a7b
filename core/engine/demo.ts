import path from 'node:path';
import { usualMemoryBytes } from '../method/context.ts';
import { requestOf } from '../method/define.ts';
import { readBytes } from '../base/files.ts';
import { type Model, openModel } from '../model/model.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { bundledModel } from './bundled.ts';
import { topClass } from '../protocol/target.ts';
import { methodsOf } from './catalogue.ts';
import { type Prediction, predictImages } from './predict.ts';
import type { Finding, RunHooks } from './request.ts';
import { type DemoPage, type PagePicture, demoPage } from './report/demoPage.ts';
import { type FolderRun, runToFolder } from './runToFolder.ts';
import { resultName } from './save/names.ts';

export interface DemoRequest extends RunHooks {
  readonly runtime: Runtime;
  /** The folder to write. */
  readonly out: string;
  readonly onFinding?: (finding: Finding) => void;
}

export interface Demo extends FolderRun {
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
  const seen: Finding[] = [];
  const run = await runToFolder(
    {
      ...request,
      command: 'explain',
      model,
      runtime,
      images: images.map((image) => ({ path: image })),
      methods: everyMethod(),
      target: topClass,
      defences: [],
      references: {},
      seed: 0,
      memoryBytes: usualMemoryBytes,
    },
    out,
    (finding) => {
      seen.push(finding);
      request.onFinding?.(finding);
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

/** All attributions; RISE with as many masks as a demonstration has patience for. */
const everyMethod = () =>
  methodsOf('explain').map((method) => requestOf(method, method.id === 'rise' ? { samples: 400 } : {}));

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

function picturesOf(seen: readonly Finding[], predictions: readonly Prediction[]): PagePicture[] {
  const taken = new Set<string>();
  return seen.map((finding, index) => {
    const name = resultName(finding.subject, taken);
    const copy = `${name}${path.extname(finding.subject)}`;
    return { name, copy, finding, top: predictions[index]?.top ?? [] };
  });
}
