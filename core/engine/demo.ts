import path from 'node:path';
import { usualMemoryBytes } from '../method/context.ts';
import { requestOf } from '../method/define.ts';
import { type Model, openModel } from '../model/model.ts';
import type { MethodRequest, RunCommand } from '../protocol/method.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { topClass } from '../protocol/target.ts';
import { writeFileAtomically } from './atomic.ts';
import { bundledModel } from './bundled.ts';
import { catalogued, methodsOf } from './catalogue.ts';
import { writeScenes } from './demoScenes.ts';
import { type Prediction, predictImages } from './predict.ts';
import type { Finding, RunHooks } from './request.ts';
import { type PagePicture, demoPage } from './report/demoPage.ts';
import { type FolderRun, runToFolder } from './runToFolder.ts';
import { resultName } from './save/names.ts';

export interface DemoRequest extends RunHooks {
  readonly runtime: Runtime;
  /** The folder to write. */
  readonly out: string;
  readonly onFinding?: (finding: Finding) => void;
}

export interface Demo {
  /** The page to open. */
  readonly page: string;
  readonly files: readonly string[];
}

/**
 * Shows what the tools do on generated scenes and a network of the box: explains them by every method, makes pictures of what the network has
 * learned, attacks them, and writes a page that shows all of it. The page comes last, when everything that it shows is there.
 */
export async function writeDemo(request: DemoRequest): Promise<Demo> {
  const { runtime, out } = request;
  const model = await openModel(asTyped(bundledModel('gapCnnShapes').model));
  const images = await writeScenes(path.join(out, 'scenes'));
  const predictions = await topFive(model, runtime, images, request);
  const explained: Finding[] = [];
  const part = (command: RunCommand, methods: readonly MethodRequest[], hear: (finding: Finding) => void) =>
    runPart(request, { model, command, methods, images }, hear);
  const explain = await part('explain', everyMethod(), (finding) => {
    explained.push(finding);
    request.onFinding?.(finding);
  });
  const features = await part('features', featureRequests, () => undefined);
  const attack = await part('attack', [requested('pgd', { epsilon: 6 / 255 })], () => undefined);
  const page = path.join(out, 'index.html');
  const pictures = picturesOf(explained, predictions);
  await writeFileAtomically(page, demoPage({ model, pictures, out }));
  const scenes = images.map((image) => path.join(out, 'scenes', path.basename(image)));
  const written = [explain, features, attack].flatMap(({ files }) => files);
  return { page, files: [...scenes, ...written, page] };
}

/** One command of the demonstration, in a folder of its name. */
async function runPart(
  { runtime, out, signal, onProgress }: DemoRequest,
  part: { model: Model; command: RunCommand; methods: readonly MethodRequest[]; images: readonly string[] },
  hear: (finding: Finding) => void,
): Promise<FolderRun> {
  const { command, images } = part;
  return runToFolder(
    {
      ...part,
      runtime,
      images: command === 'features' ? [] : images.map((image) => ({ path: image })),
      target: topClass,
      defences: [],
      references: {},
      seed: 0,
      memoryBytes: usualMemoryBytes,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    },
    path.join(out, command),
    hear,
  );
}

/** Relative where that is shorter to type: the command lines of the page are for the folder the demo was started in. */
function asTyped(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}

const requested = (id: string, params: Readonly<Record<string, unknown>> = {}): MethodRequest =>
  requestOf(catalogued(id), params);

/** All attributions; RISE with as many masks as a demonstration has patience for. */
const everyMethod = (): MethodRequest[] =>
  methodsOf('explain').map((method) => requestOf(method, method.id === 'rise' ? { samples: 200 } : {}));

const featureRequests: readonly MethodRequest[] = [
  requested('firstLayerWeights'),
  requested('featureVisualization', { channels: '0-7', size: 64, steps: 96 }),
];

async function topFive(
  model: Model,
  runtime: Runtime,
  images: readonly string[],
  { signal }: RunHooks,
): Promise<Prediction[]> {
  const found: Prediction[] = [];
  const options = signal === undefined ? {} : { signal };
  for await (const prediction of predictImages({ model, runtime, images, top: 5, ...options })) {
    found.push(prediction);
  }
  return found;
}

function picturesOf(seen: readonly Finding[], predictions: readonly Prediction[]): PagePicture[] {
  const taken = new Set<string>();
  return seen.map((finding, index) => ({
    name: resultName(finding.subject, taken),
    file: path.basename(finding.subject),
    finding,
    top: predictions[index]?.top ?? [],
  }));
}
