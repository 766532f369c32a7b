import type { MethodContext, PictureInput } from '../../method/context.ts';
import { evaluationOf } from '../../metrics/registry.ts';
import { readPicture } from '../readPictures.ts';
import type { Finding, RunRequest } from '../request.ts';
import { following } from './feature.ts';

/** Runs evaluations, which take all pictures at once and report on the network. */
export async function* evaluationRunner(
  request: RunRequest,
  context: MethodContext,
): AsyncGenerator<Finding> {
  const images: PictureInput[] = [];
  for (const image of request.images) {
    context.check();
    images.push(await readPicture(request.model, image));
  }
  for (const method of request.methods) {
    const run = evaluationOf(method.id).run({ context, images }, method.params);
    const results = await following(run, request, context);
    yield {
      subject: request.model.name,
      picture: undefined,
      explained: undefined,
      findings: [{ method, results, layers: [] }],
      nonFinite: new Map(),
      read: images.map(({ file, label }) => ({ role: 'image', file, label })),
    };
  }
}
