import { attribute } from '../../attribution/attribute.ts';
import type { Attribution } from '../../attribution/define.ts';
import { type ExplanationGraph, attributionOf, emitExplanations } from '../../attribution/emit.ts';
import { LoupeError } from '../../base/errors.ts';
import { type Tensor, floatsOf, int64, tensor } from '../../base/tensor.ts';
import type { MethodContext, PictureInput } from '../../method/context.ts';
import { labelOf } from '../../model/model.ts';
import { imageInput, targetInput } from '../../model/network.ts';
import type { MethodRequest } from '../../protocol/method.ts';
import type { HeatmapResult, Progress } from '../../protocol/results.ts';
import type { Target } from '../../protocol/target.ts';
import { type Program, type RunResult, outputOf } from '../../runtime/program.ts';
import { readPicture } from '../readPictures.ts';
import type { ExplainedTarget, Finding, MethodFinding, RunRequest } from '../request.ts';
import { describeTarget, withClass } from '../target.ts';

/**
 * Explains one image after another. All methods that are pure graphs are one program with one forward pass; those that loop
 * run after it, for the class that it found.
 */
export async function* explainRunner(request: RunRequest, context: MethodContext): AsyncGenerator<Finding> {
  const { images, methods, target } = request;
  const loops = methods.filter(({ id }) => attributionOf(id).run !== undefined);
  const steps = { each: 1 + loops.length, total: images.length * (1 + loops.length) + 1 };
  const report = (done: number, what: string): void =>
    request.onProgress?.({ done, total: steps.total, what });
  report(0, `compiling ${request.model.name}`);
  const plan = planFor(context, methods, target);
  const program = await request.runtime.compile(plan.graph);
  for (const [index, image] of images.entries()) {
    context.check();
    const first = index * steps.each + 1;
    report(first, image.path);
    const picture = await readPicture(request.model, image);
    const shared = await explainTogether({ request, context, plan, program, picture });
    const looped = new Map<string, HeatmapResult & { layers: readonly string[] }>();
    for (const [step, method] of loops.entries()) {
      const within = (progress: Progress): void =>
        request.onProgress?.({
          ...progress,
          done: first + 1 + step + progress.done / Math.max(1, progress.total),
          total: steps.total,
          what: `${image.path}: ${progress.what}`,
        });
      const settled = withClass(target, shared.explained.index);
      const found = await explainAlone(context, method, picture.fitted.values, settled, within);
      looped.set(method.id, found);
    }
    yield findingOf(picture, shared, methods, looped);
  }
}

function planFor(
  context: MethodContext,
  methods: readonly MethodRequest[],
  target: Target,
): ExplanationGraph {
  const graphs = methods.filter(({ id }) => attributionOf(id).run === undefined);
  const networkAt = (batch: number) => context.network(batch);
  return emitExplanations(context.network(1), graphs, target, { classInput: true, networkAt });
}

interface Together {
  readonly explained: ExplainedTarget;
  readonly results: ReadonlyMap<string, HeatmapResult & { layers: readonly string[] }>;
  readonly nonFinite: ReadonlyMap<string, number>;
}

async function explainTogether(question: {
  request: RunRequest;
  context: MethodContext;
  plan: ExplanationGraph;
  program: Program;
  picture: PictureInput;
}): Promise<Together> {
  const { request, context, plan, program, picture } = question;
  const { target } = request;
  const chosen = 'class' in target && target.class !== 'top' ? target.class : -1;
  const { classes } = context.network(1);
  if (chosen >= classes) throw new LoupeError('badArgument', `The class ${chosen} does not exist.`);
  const result = await program.run({ [imageInput]: picture.fitted.values, [targetInput]: int64([chosen]) });
  const results = plan.methods.map((method) => {
    const attribution = withoutBatch(outputOf(result, method.attribution), 1);
    const map = withoutBatch(outputOf(result, method.heat), 2);
    const heat = heatmap(method.id, { attribution, map, signed: method.signed });
    return [method.id, { ...heat, layers: method.layers.map(({ name }) => name) }] as const;
  });
  return {
    explained: explainedTarget(request, plan, result, chosen),
    results: new Map(results),
    nonFinite: result.nonFinite,
  };
}

/** A loop on one image. */
async function explainAlone(
  context: MethodContext,
  method: MethodRequest,
  image: Tensor,
  target: Target,
  onProgress: (progress: Progress) => void,
): Promise<HeatmapResult & { layers: readonly string[] }> {
  const run = attribute(context, method, image, target);
  for (;;) {
    const step = await run.next();
    if (step.done === true) {
      const layers = (step.value.layers ?? []).map(({ name }) => name);
      return { ...heatmap(method.id, step.value), layers };
    }
    context.check();
    onProgress(step.value);
  }
}

function heatmap(id: string, { attribution, map, signed, facts }: Attribution): HeatmapResult {
  const { title, reading } = attributionOf(id);
  const found = { type: 'heatmap', name: id, title, attribution, map, signed, reading } as const;
  return facts === undefined ? found : { ...found, facts };
}

function explainedTarget(
  { model, target }: RunRequest,
  plan: ExplanationGraph,
  result: RunResult,
  chosen: number,
): ExplainedTarget {
  const logits = floatsOf(outputOf(result, plan.logits));
  const index = chosen < 0 ? indexOfMaximum(logits) : chosen;
  return {
    description: describeTarget(target, model, index),
    index,
    label: labelOf(model, index),
    logit: logits[index] ?? Number.NaN,
    probability: floatsOf(outputOf(result, plan.probabilities))[index] ?? Number.NaN,
  };
}

function findingOf(
  picture: PictureInput,
  { explained, results, nonFinite }: Together,
  methods: readonly MethodRequest[],
  looped: Together['results'],
): Finding {
  const findings = methods.flatMap((method): MethodFinding[] => {
    const found = results.get(method.id) ?? looped.get(method.id);
    if (found === undefined) return [];
    const { layers, ...heat } = found;
    return [{ method, results: [heat], layers }];
  });
  const counts = new Map(nonFinite);
  for (const [id, { attribution, map }] of looped) {
    for (const [output, value] of [[id, attribution] as const, [`${id}.map`, map] as const]) {
      const count = floatsOf(value).reduce((sum, element) => sum + (Number.isFinite(element) ? 0 : 1), 0);
      if (count > 0) counts.set(output, count);
    }
  }
  return {
    subject: picture.file.path,
    picture,
    explained,
    findings,
    nonFinite: counts,
    read: [{ role: 'image', file: picture.file, label: picture.label }],
  };
}

/** The first of the greatest elements. */
function indexOfMaximum(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  }
  return best;
}

/** Drops the first `axes` axes, which have one element each. */
function withoutBatch(value: Tensor, axes: number): Tensor {
  return tensor(value.type, value.data, value.dims.slice(axes));
}
