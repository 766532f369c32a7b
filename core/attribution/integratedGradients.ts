import { z } from 'zod';
import { backward } from '../autodiff/backward.ts';
import type { Composite } from '../autodiff/composite.ts';
import { type Quadrature, quadrature, quadratureNames } from '../base/quadrature.ts';
import { type Tensor, float32, floatsOf, tensor } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { type Graph, int } from '../graph/ir.ts';
import { evenBatch } from '../method/batches.ts';
import { type MethodContext, breathe } from '../method/context.ts';
import { count, reduction } from '../method/params.ts';
import { embedNetwork } from '../model/embed.ts';
import { emitScore } from '../model/objective.ts';
import { newBuilder } from '../ops/registry.ts';
import type { Fact } from '../protocol/results.ts';
import type { Target } from '../protocol/target.ts';
import { type Attribution, type AttributionContext, defineAttribution } from './define.ts';
import { baselineOf, baselineParam, emitBaseline } from './shared/baseline.ts';
import { inputShaped } from './shared/heat.ts';
import { previewsOf, reducedMap } from './shared/maps.ts';
import { scoreFact, scoreKey } from './shared/score.ts';

const text = {
  id: 'integratedGradients',
  title: 'Integrated gradients',
  description:
    'Contributions of the pixels to the difference between the score and that of a baseline, which they sum to.',
  citation: 'Sundararajan et al. 2017, eq. 1',
  reading: 'Red speaks for the class, blue against it, compared with the baseline.',
};

/** Most points of the path that are differentiated at once. */
const greatestBatch = 4;

/**
 * (x − x′) ⊙ ∫₀¹ ∂S/∂x (x′ + α (x − x′)) dα. The integral is a quadrature Σ_k w_k g(α_k); since Σ w_k = 1, what is left between
 * Σ IG and S(x) − S(x′) (completeness, prop. 1) is the error of the quadrature.
 */
export const integratedGradients = defineAttribution({
  ...text,
  params: z.object({
    baseline: baselineParam(['black', 'white', 'grey', 'mean', 'blur', 'noise']),
    steps: count(50, 'Steps', 'gradients along the path from the baseline to the image', 1000),
    quadrature: z.enum(quadratureNames).default('gaussLegendre').meta({
      title: 'Quadrature',
      description: 'where on the path they are taken; gaussLegendre needs the fewest steps',
    }),
    channels: reduction('signed'),
  }),
  emit(context, { baseline, steps, quadrature: rule, channels }) {
    const reference = emitBaseline(context.b, baseline, context.network);
    return inputShaped(context.b, emitPath(context, reference, quadrature(rule, steps)), channels);
  },
  async *run({ context, image, target, classFeed }, { baseline, steps, quadrature: rule, channels }) {
    const path = pathFrom(
      image,
      baselineOf(baseline, image, context.network(), () => context.random(`${text.id}/baseline`)),
    );
    const points = withEnds(quadrature(rule, steps));
    const total = points.nodes.length;
    const graphAt = (size: number): Graph => pathGraph(context, target, size);
    const batch = evenBatch(total, context.batchFor(greatestBatch, graphAt));
    const program = await context.program(`${text.id}/${scoreKey(target)}/${batch}`, () => graphAt(batch));
    const scores: number[] = [];
    const slopes = new Float64Array(path.difference.length);
    const soFar = (): Attribution => {
      const attribution = path.contributions(slopes);
      return { attribution, map: reducedMap(attribution, channels), signed: channels === 'signed' };
    };
    const preview = previewsOf(text);
    for (let start = 0; start < total; start += batch) {
      yield { done: start, total, what: `${text.title}: gradients along the path`, ...preview(soFar) };
      await breathe(context);
      const result = await program.run({
        ...path.feeds,
        ...pointFeeds(points, start, batch),
        ...classFeed(batch),
      });
      const [sum, explained] = [...result.outputs.values()].map(floatsOf);
      sum?.forEach((value, at) => {
        slopes[at] = (slopes[at] ?? 0) + value;
      });
      scores.push(...(explained ?? []));
    }
    const found = soFar();
    return { ...found, facts: completeness(found.attribution, scores[total - 1], scores[total - 2]) };
  },
});

/** The straight path from the baseline x′ to the image x. */
function pathFrom(image: Tensor, baseline: Tensor) {
  const [x, reference] = [floatsOf(image), floatsOf(baseline)];
  const difference = Float64Array.from(x, (value, at) => value - (reference[at] ?? 0));
  return {
    feeds: { [imageName]: image, [baselineName]: baseline },
    difference,
    contributions: (slopes: Float64Array): Tensor =>
      tensor(
        'float32',
        Float32Array.from(difference, (value, at) => value * (slopes[at] ?? 0)),
        image.dims.slice(1),
      ),
  };
}

/** The points of a rule, then the path's two ends with no weight: their scores are what attributions must sum to. */
function withEnds({ nodes, weights }: Quadrature): Quadrature {
  return { nodes: [...nodes, 0, 1], weights: [...weights, 0, 0] };
}

/** A batch of points; beyond the last there is nothing to add. */
function pointFeeds({ nodes, weights }: Quadrature, start: number, batch: number) {
  const taken = (values: readonly number[]): Tensor =>
    float32(Array.from({ length: batch }, (_, index) => values[start + index] ?? 0));
  return { [nodesName]: taken(nodes), [weightsName]: taken(weights) };
}

function completeness(attribution: Tensor, score = Number.NaN, reference = Number.NaN): Fact[] {
  const sum = floatsOf(attribution).reduce((left, right) => left + right, 0);
  const change = score - reference;
  const delta = sum - change;
  const relative = { label: 'completeness delta, relative', value: Math.abs(delta / change) };
  return [
    scoreFact(score),
    { label: 'S(baseline)', value: reference },
    { label: 'sum of the attributions', value: sum },
    { label: 'completeness delta', value: delta },
    ...(change === 0 ? [] : [relative]),
  ];
}

const [imageName, baselineName, nodesName, weightsName] = ['image', 'baseline', 'nodes', 'weights'] as const;

/** n points of the path of one image: Σ_k w_k ∂S/∂x(α_k) [1, C, H, W], and S at each point [n]. */
function pathGraph(context: MethodContext, target: Target, batch: number): Graph {
  const network = context.network(batch);
  const b = newBuilder();
  const [, ...shape] = network.graph.types.get(network.image)?.shape ?? [];
  const given = { type: 'float32', shape: [1, ...shape] } as const;
  const [image, baseline] = [b.input(imageName, given), b.input(baselineName, given)];
  const nodes = b.input(nodesName, { type: 'float32', shape: [batch] });
  const weights = b.input(weightsName, { type: 'float32', shape: [batch] });
  const column = b.add('Reshape', [nodes, b.axes([batch, 1, 1, 1])]);
  const moved = b.add('Mul', [b.add('Sub', [image, baseline]), column]);
  const points = b.add('Add', [baseline, moved], {}, { name: 'points' });
  const copy = embedNetwork(b, network, points);
  const score = emitScore(b, copy, target, true);
  const slope = weightedSlope(b, { of: score, wrt: points, weights, rules: network.rules });
  const sum = b.add('ReduceSum', [slope, b.axes([0])], { keepdims: int(1) }, { name: 'sum' });
  return b.build([sum, b.add('Identity', [score], {}, { name: 'explained' })]);
}

/** All points of every image at once: [N, C, H, W]. */
function emitPath({ b, network, scoreOf }: AttributionContext, baseline: string, rule: Quadrature): string {
  const { nodes, weights } = rule;
  const steps = nodes.length;
  const [batch = 1, ...shape] = b.shapeOf(network.image);
  const difference = b.add('Sub', [network.image, baseline]);
  const [from, along] = [baseline, difference].map((value) => b.add('Unsqueeze', [value, b.axes([1])]));
  // [N, 1, C, H, W] + [1, n, 1, 1, 1] · [N, 1, C, H, W] → [N · n, C, H, W]
  const places = b.constant(float32(nodes, [1, steps, 1, 1, 1]), 'nodes');
  const spread = b.add('Add', [from ?? '', b.add('Mul', [along ?? '', places])]);
  const points = b.add('Reshape', [spread, b.axes([batch * steps, ...shape])], {}, { name: 'points' });
  const { network: copy, score } = scoreOf(points, steps);
  const each = Array.from({ length: batch }, () => weights).flat();
  const slope = weightedSlope(b, {
    of: score,
    wrt: points,
    weights: b.constant(float32(each), 'weights'),
    rules: copy.rules,
  });
  const perImage = b.add('Reshape', [slope, b.axes([batch, steps, ...shape])]);
  const sum = b.add('ReduceSum', [perImage, b.axes([1])], { keepdims: int(0) });
  return b.add('Mul', [difference, sum]);
}

/** w_k ∂S_k/∂x_k of every example: the weights are the scores' cotangents. */
function weightedSlope(
  b: GraphBuilder,
  { of, wrt, weights, rules }: { of: string; wrt: string; weights: string; rules: Composite | undefined },
): string {
  const [slope = ''] = backward(b, { of, wrt: [wrt], cotangent: weights, composite: rules ?? [] });
  return slope;
}
