import { type AttackReport, type ExampleReport, attackImages, attackResults } from '../../attacks/attack.ts';
import { LoupeError } from '../../base/errors.ts';
import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';
import { decodeImage } from '../../data/image.ts';
import type { MethodContext, PictureInput } from '../../method/context.ts';
import { labelOf } from '../../model/model.ts';
import type { MethodRequest } from '../../protocol/method.ts';
import type { Fact, ImageResult, Result } from '../../protocol/results.ts';
import { floatsOfPicture, pictureOf } from '../pictures/image.ts';
import { encodePng } from '../pictures/png.ts';
import { readPicture } from '../readPictures.ts';
import type { Finding, MethodFinding, RunRequest } from '../request.ts';
import { topClassOf } from './topClass.ts';

/** Attacks all pictures with each method. A class target is the class to reach; without one the network is to leave the right class. */
export async function* attackRunner(request: RunRequest, context: MethodContext): AsyncGenerator<Finding> {
  if (request.images.length === 0) throw new LoupeError('badArgument', '"loupe attack" needs a picture.');
  const pictures: PictureInput[] = [];
  for (const image of request.images) {
    context.check();
    pictures.push(await readPicture(request.model, image));
  }
  const goal = await goalFor(request, context, pictures);
  const reports: AttackReport[] = [];
  for (const method of request.methods) {
    const run = attackImages(context, method, goal);
    for (;;) {
      const step = await run.next();
      if (step.done === true) {
        reports.push(step.value);
        break;
      }
      context.check();
      request.onProgress?.(step.value);
    }
  }
  for (const [index, picture] of pictures.entries()) {
    const findings: MethodFinding[] = [];
    for (const [at, method] of request.methods.entries()) {
      const report = reports[at];
      if (report === undefined) continue;
      const results = await attackFinding({ request, context, method, report, index, picture, goal });
      findings.push({ method, results, layers: [] });
    }
    yield {
      subject: picture.file.path,
      picture,
      explained: undefined,
      findings,
      nonFinite: new Map(),
      read: [{ role: 'image', file: picture.file, label: picture.label }],
    };
  }
}

interface Goal {
  readonly images: Tensor;
  readonly classes: number[];
  readonly targeted: boolean;
  readonly purposes: string[];
}

async function goalFor(
  { target }: RunRequest,
  context: MethodContext,
  pictures: readonly PictureInput[],
): Promise<Goal> {
  if (target.kind !== 'class' || target.of !== 'logit') {
    throw new LoupeError(
      'badArgument',
      'An attack leaves the right class (no target) or reaches a class: give a class as the target.',
    );
  }
  const reach = target.class === 'top' ? undefined : target.class;
  const classes: number[] = [];
  for (const picture of pictures) {
    classes.push(reach ?? picture.label ?? (await topClassOf(context, picture.fitted.values)));
  }
  return {
    images: stacked(pictures.map(({ fitted }) => fitted.values)),
    classes,
    targeted: reach !== undefined,
    purposes: pictures.map(({ file }) => file.sha256),
  };
}

/** n tensors [1, C, H, W] as one [n, C, H, W]. */
function stacked(images: readonly Tensor[]): Tensor {
  const [, ...dims] = images[0]?.dims ?? [];
  const length = dims.reduce((product, dim) => product * dim, 1);
  const data = new Float32Array(length * images.length);
  images.forEach((image, index) => {
    data.set(floatsOf(image), index * length);
  });
  return tensor('float32', data, [images.length, ...dims]);
}

async function attackFinding(question: {
  request: RunRequest;
  context: MethodContext;
  method: MethodRequest;
  report: AttackReport;
  index: number;
  picture: PictureInput;
  goal: Goal;
}): Promise<readonly Result[]> {
  const { request, context, method, report, index, picture, goal } = question;
  const { model } = request;
  const results = attackResults(report, index, { model, method, goal });
  const example = report.examples[index];
  const image = (name: string) =>
    results.find((result): result is ImageResult => result.type === 'image' && result.name === name);
  const [adversarial, perturbation] = [image('adversarial'), image('perturbation')];
  if (example === undefined || adversarial === undefined || perturbation === undefined) {
    throw new LoupeError('internal', 'An attack reported less than one result an image.');
  }
  const read = await readBack(context, adversarial.image);
  const [, ...dims] = picture.fitted.values.dims;
  const original = tensor('float32', picture.fitted.values.data, dims);
  const captionOf = ({ index: at, probability }: ExampleReport['clean']): string =>
    `${labelOf(model, at)} ${(100 * probability).toFixed(1)} %`;
  return [
    {
      type: 'imageGrid',
      name: 'overview',
      title: adversarial.title,
      columns: 3,
      facts: [...(adversarial.facts ?? []), readFact(model.card.labels[read] ?? String(read), read, example)],
      notes: adversarial.notes ?? [],
      cells: [
        { image: original, caption: ['original', captionOf(example.clean)] },
        { image: perturbation.image, caption: [perturbation.title, ...(perturbation.notes ?? [])] },
        { image: adversarial.image, caption: ['adversarial, as saved', captionOf(example.saved)] },
      ],
    },
    ...results,
  ];
}

const readFact = (label: string, read: number, { saved }: ExampleReport): Fact => ({
  label: 'PNG read back',
  value: read === saved.index ? label : `${label}, which is not what the numbers gave`,
});

/** The class that the network gives the PNG of `image` [C, H, W] when it is decoded again. */
async function readBack(context: MethodContext, image: Tensor): Promise<number> {
  const [channels = 3, height = 1, width = 1] = image.dims;
  const bytes = await encodePng(pictureOf(floatsOf(image), [channels, height, width]));
  const decoded = await decodeImage(bytes, 'the adversarial picture');
  const values = tensor('float32', floatsOfPicture(decoded, channels === 1 ? 1 : 3), [1, ...image.dims]);
  return topClassOf(context, values);
}
