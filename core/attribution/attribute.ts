import { LoupeError, expected } from '../base/errors.ts';
import { type Tensor, floatsOf, int64, tensor } from '../base/tensor.ts';
import type { Graph } from '../graph/ir.ts';
import { batchOf, evenBatch, exampleOf } from '../method/batches.ts';
import { type MethodContext, breathe, drain } from '../method/context.ts';
import { requestOf } from '../method/define.ts';
import { imageInput } from '../model/network.ts';
import { emitScore, targetInput } from '../model/objective.ts';
import { newBuilder } from '../ops/registry.ts';
import type { MethodRequest } from '../protocol/method.ts';
import type { Progress } from '../protocol/results.ts';
import type { Target } from '../protocol/target.ts';
import { type RunResult, outputOf } from '../runtime/program.ts';
import type { Attribution, AttributionDefinition, AttributionRun } from './define.ts';
import { type PlannedMethod, attributionOf, emitExplanations } from './emit.ts';
import { scoreFact, scoreKey } from './shared/score.ts';

/** Most images that are scored at once, and most that are differentiated at once. */
const greatest = { score: 32, attribute: 8 };

/**
 * What a method that loops works with on one image.
 *
 * @param image [1, C, H, W] in [0, 1].
 * @param target its class must be a number: whoever asks has looked up which class `top` is.
 */
export function attributionRun(context: MethodContext, image: Tensor, target: Target): AttributionRun {
  checkKnown(context, target);
  const classFeed: AttributionRun['classFeed'] = (batch) =>
    'layer' in target ? {} : { [targetInput]: int64(new Array<number>(batch).fill(Number(target.class))) };
  const inBatches = batchRunner(context, classFeed);
  return {
    context,
    image,
    target,
    classFeed,
    async score(images) {
      const scores = new Float32Array(images.dims[0] ?? 0);
      const question: BatchQuestion = {
        key: `score/${scoreKey(target)}`,
        greatest: greatest.score,
        graphAt: (batch) => scoreGraph(context, target, batch),
      };
      await inBatches(question, images, ({ result, start }) => {
        const [found] = result.outputs.values();
        if (found !== undefined) scores.set(floatsOf(found).subarray(0, scores.length - start), start);
      });
      return scores;
    },
    async attribute(given, images) {
      const definition = attributionOf(given.id);
      const request = requestOf(definition, given.params);
      if (definition.run !== undefined) return oneAfterAnother(context, request, images, target);
      const found: Attribution[] = [];
      const plan = planned(context, request, target);
      await inBatches({ ...plan, greatest: greatest.attribute }, images, ({ result, count }) => {
        for (let index = 0; index < count; index++) found.push(plan.read(result, index));
      });
      return found;
    },
  };
}

/**
 * Runs any method on one image.
 *
 * @param image [1, C, H, W] in [0, 1].
 * @param target its class must be a number.
 */
export async function* attribute(
  context: MethodContext,
  given: MethodRequest,
  image: Tensor,
  target: Target,
): AsyncGenerator<Progress, Attribution> {
  const definition = attributionOf(given.id);
  const request = requestOf(definition, given.params);
  const run = attributionRun(context, image, target);
  if (definition.run !== undefined) return yield* definition.run(run, request.params);
  yield { done: 0, total: 1, what: definition.title };
  const [only] = await run.attribute(request, image);
  return present(only, definition);
}

async function oneAfterAnother(
  context: MethodContext,
  request: MethodRequest,
  images: Tensor,
  target: Target,
): Promise<Attribution[]> {
  const found: Attribution[] = [];
  for (let index = 0; index < (images.dims[0] ?? 0); index++) {
    found.push(await drain(attribute(context, request, batchOf(images, index, 1), target)));
  }
  return found;
}

/** A question to each of many images, as a program at any batch size. */
interface BatchQuestion {
  /** Says what the graph depends on, the batch aside. */
  readonly key: string;
  readonly greatest: number;
  readonly graphAt: (batch: number) => Graph;
}

/** What images `start` to `start + count` gave, at the beginning of the batch. */
type OnBatch = (batch: {
  readonly result: RunResult;
  readonly start: number;
  readonly count: number;
}) => void;

/**
 * Runs programs over images of any number, in batches that fit into memory. A rest is filled up with copies of its last image where
 * that costs less than another program would.
 */
function batchRunner(context: MethodContext, classFeed: AttributionRun['classFeed']) {
  const limits = new Map<string, number>();
  const used = new Map<string, number[]>();
  const limitOf = ({ key, greatest: most, graphAt }: BatchQuestion): number => {
    const limit = limits.get(key) ?? context.batchFor(most, graphAt);
    limits.set(key, limit);
    return limit;
  };
  const batchSize = (question: BatchQuestion, count: number): number => {
    const before = used.get(question.key) ?? [];
    const fits = before.filter((batch) => batch >= count && batch <= 2 * count);
    if (fits.length > 0) return Math.min(...fits);
    const batch = count === 1 ? 1 : evenBatch(count, limitOf(question));
    used.set(question.key, [...before, batch]);
    return batch;
  };
  return async (question: BatchQuestion, images: Tensor, onBatch: OnBatch): Promise<void> => {
    const [count = 0] = images.dims;
    const batch = batchSize(question, count);
    const program = await context.program(`${question.key}/${batch}`, () => question.graphAt(batch));
    for (let start = 0; start < count; start += batch) {
      await breathe(context);
      const feeds = { [imageInput]: batchOf(images, start, batch), ...classFeed(batch) };
      onBatch({ result: await program.run(feeds), start, count: Math.min(batch, count - start) });
    }
  };
}

function scoreGraph(context: MethodContext, target: Target, batch: number): Graph {
  const network = context.network(batch);
  const b = newBuilder(network.graph);
  const score = emitScore(b, network, target, true);
  return b.build([b.add('Identity', [score], {}, { name: 'explained' })], network.graph);
}

interface Plan {
  readonly graph: Graph;
  readonly method: PlannedMethod;
  readonly score: string;
}

/** Plans by key and batch size: the many images of a run ask the same. */
const plansOf = new WeakMap<MethodContext, Map<string, Plan>>();

/** A method that is a graph: its programs, and how to read them. What it settles is the same at every batch size. */
function planned(context: MethodContext, request: MethodRequest, target: Target) {
  const key = `attribute/${request.id}/${JSON.stringify(request.params)}/${scoreKey(target)}`;
  const plans = plansOf.get(context) ?? new Map<string, Plan>();
  plansOf.set(context, plans);
  const planAt = (batch: number): Plan => {
    const known = plans.get(`${key}/${batch}`) ?? plan(context, request, target, batch);
    plans.set(`${key}/${batch}`, known);
    return known;
  };
  return {
    key,
    graphAt: (batch: number) => planAt(batch).graph,
    read(result: RunResult, index: number): Attribution {
      const { method, score } = planAt(1);
      const { attribution, heat, signed, layers } = method;
      const map = exampleOf(outputOf(result, heat), index);
      return {
        attribution: exampleOf(outputOf(result, attribution), index),
        map: tensor('float32', map.data, map.dims.slice(1)),
        signed,
        layers,
        facts: [scoreFact(floatsOf(outputOf(result, score))[index] ?? Number.NaN)],
      };
    },
  };
}

function plan(context: MethodContext, request: MethodRequest, target: Target, batch: number): Plan {
  const options = { classInput: true, networkAt: (size: number) => context.network(size) };
  const { graph, methods, score } = emitExplanations(context.network(batch), [request], target, options);
  const method = present(methods[0], request);
  return { graph: { ...graph, outputs: [method.attribution, method.heat, score] }, method, score };
}

function checkKnown(context: MethodContext, target: Target): void {
  if ('layer' in target) return;
  const { classes } = context.network();
  const named = target.kind === 'difference' ? [target.class, target.against] : [target.class];
  const wrong = named.find((index) => index === 'top' || index >= classes);
  if (wrong === undefined) return;
  throw expected('badArgument', {
    wanted: `the number of a class below ${classes}`,
    for: 'the target',
    received: String(wrong),
  });
}

function present<T>(found: T | undefined, { id }: Pick<AttributionDefinition, 'id'>): T {
  if (found === undefined) throw new LoupeError('internal', `The method ${id} returned nothing.`);
  return found;
}
