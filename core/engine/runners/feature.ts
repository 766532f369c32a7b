import type { PictureFile } from '../../data/picture.ts';
import { featureOf } from '../../features/registry.ts';
import type { FeatureDefinition } from '../../features/define.ts';
import { LoupeError } from '../../base/errors.ts';
import type { MethodContext, PictureInput } from '../../method/context.ts';
import { type Layer, resolveLayer } from '../../model/layers.ts';
import type { MethodRequest } from '../../protocol/method.ts';
import type { Progress, Result } from '../../protocol/results.ts';
import type { Target } from '../../protocol/target.ts';
import { readPicture, readReferences } from '../readPictures.ts';
import type { Finding, RunRequest } from '../request.ts';

/** Runs feature methods: on the network alone, on each picture, or on all of them at once. */
export async function* featureRunner(request: RunRequest, context: MethodContext): AsyncGenerator<Finding> {
  const references = await readReferences(request.references);
  for (const method of request.methods) {
    const definition = featureOf(method.id);
    checkReferences(definition, references);
    const pictures: PictureInput[] = [];
    for (const image of request.images) {
      context.check();
      pictures.push(await readPicture(request.model, image));
    }
    for (const images of groupsFor(definition, pictures)) {
      yield await runFeature({ request, context, method, definition, images, references });
    }
  }
}

function groupsFor(
  { takes, command }: FeatureDefinition,
  pictures: readonly PictureInput[],
): PictureInput[][] {
  if (takes === 'nothing') return [[]];
  if (pictures.length === 0) throw new LoupeError('badArgument', `"loupe ${command}" needs a picture.`);
  return takes === 'image' ? pictures.map((picture) => [picture]) : [[...pictures]];
}

function checkReferences(
  { title, references: roles }: FeatureDefinition,
  given: Readonly<Record<string, readonly PictureFile[]>>,
): void {
  for (const { role, required, description } of roles) {
    if (required && (given[role]?.length ?? 0) === 0) {
      throw new LoupeError('badArgument', `${title} needs --${role}: ${description}.`);
    }
  }
  for (const role of Object.keys(given)) {
    if (roles.some((known) => known.role === role)) continue;
    throw new LoupeError('badArgument', `${title} takes no pictures for --${role}.`);
  }
}

interface FeatureQuestion {
  readonly request: RunRequest;
  readonly context: MethodContext;
  readonly method: MethodRequest;
  readonly definition: FeatureDefinition;
  readonly images: readonly PictureInput[];
  readonly references: Readonly<Record<string, readonly PictureFile[]>>;
}

async function runFeature(question: FeatureQuestion): Promise<Finding> {
  const { request, context, method, definition, images, references } = question;
  const layers: Layer[] = [];
  const run = definition.run(
    {
      context,
      // The likeliest class is one of a picture; here it means that nothing was named.
      target: isTopClass(request.target) ? undefined : request.target,
      images,
      references,
      layer(reference) {
        const layer = resolveLayer(context.network(1), reference);
        layers.push(layer);
        return layer;
      },
    },
    method.params,
  );
  const results = await following(run, request, context);
  const picture = definition.takes === 'image' ? images[0] : undefined;
  const others = Object.entries(references).flatMap(([role, files]) =>
    files.map((file) => ({ role, file, label: undefined })),
  );
  return {
    subject: picture?.file.path ?? request.model.name,
    picture,
    explained: undefined,
    findings: [{ method, results, layers: [...new Set(layers.map(({ name }) => name))] }],
    nonFinite: new Map(),
    read: [...images.map(({ file, label }) => ({ role: 'image', file, label })), ...others],
  };
}

const isTopClass = (target: Target): boolean => target.kind === 'class' && target.class === 'top';

/** Runs to the end, cancellable between steps. */
export async function following(
  run: AsyncGenerator<Progress, readonly Result[]>,
  request: Pick<RunRequest, 'onProgress'>,
  context: MethodContext,
): Promise<readonly Result[]> {
  for (;;) {
    const step = await run.next();
    if (step.done === true) return step.value;
    context.check();
    request.onProgress?.(step.value);
  }
}
