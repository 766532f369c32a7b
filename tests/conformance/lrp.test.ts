import { afterAll, describe, expect, it } from 'vitest';
import type { AttributionContext } from '../../core/attribution/define.ts';
import { emitExplanations } from '../../core/attribution/emit.ts';
import { epsilonComposite } from '../../core/attribution/shared/composites.ts';
import { relevanceAtInput } from '../../core/attribution/shared/relevance.ts';
import { backward } from '../../core/autodiff/backward.ts';
import type { Composite } from '../../core/autodiff/composite.ts';
import { seededRandom } from '../../core/base/random.ts';
import { type Tensor, floatsOf, tensor } from '../../core/base/tensor.ts';
import type { Graph } from '../../core/graph/ir.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import { type Network, buildNetwork, imageInput } from '../../core/model/network.ts';
import { classLogit } from '../../core/model/objective.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import type { InputCard } from '../../core/protocol/card.ts';
import { outputOf } from '../../core/runtime/program.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { loadGolden } from '../golden/loadGraph.ts';
import { rawCard } from '../rawCard.ts';
import { type Rules, relevancesOf, valuesOf } from '../reference/lrp.ts';
import { LrpNet } from './lrpNets.ts';

const runtime = new Runtime({ threads: 1, cacheBytes: 0 });
afterAll(() => runtime.dispose());

const size = 8;
const batch = 2;
const card: InputCard = { ...rawCard(size), mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3] };
const random = seededRandom(3);
const image: Tensor = tensor(
  'float32',
  Float32Array.from({ length: batch * 3 * size * size }, () => random.uniform()),
  [batch, 3, size, size],
);

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Each builds a network from its input to its logits. */
const architectures: Readonly<Record<string, (net: LrpNet) => string>> = {
  chain(net) {
    const first = net.maxPool(net.relu(net.conv(net.input, 4, { pad: 1 })));
    const second = net.relu(net.conv(first, 6, { stride: 2, pad: 1, group: 2 }));
    return net.dense(net.flatten(net.averagePool(second, 'GlobalAveragePool')), 5);
  },
  residual(net) {
    const stem = net.relu(net.conv(net.input, 4, { pad: 1 }));
    const branch = net.conv(net.relu(net.conv(stem, 4, { pad: 1 })), 4, { kernel: 1 });
    const sum = net.relu(net.add(stem, branch));
    return net.dense(net.flatten(net.averagePool(sum, 'ReduceMean')), 4, 'MatMul');
  },
  norm(net) {
    const first = net.relu(net.conv(net.input, 4, { stride: 2 }));
    const second = net.conv(net.relu(net.batchNorm(first)), 3, { kernel: 2 });
    return net.dense(net.relu(net.dense(net.flatten(second), 6)), 4);
  },
  gates(net) {
    const x = net.conv(net.input, 4, { pad: 1 });
    const silu = net.product(x, net.activation('Sigmoid', sigmoid, x));
    const pooled = net.averagePool(silu, 'AveragePool');
    const squeezed = net.relu(net.conv(net.averagePool(pooled, 'GlobalAveragePool'), 3, { kernel: 1 }));
    const gate = net.activation('Sigmoid', sigmoid, net.conv(squeezed, 4, { kernel: 1 }));
    const excited = net.activation('Tanh', Math.tanh, net.product(pooled, gate, true));
    return net.dense(net.flatten(net.maxPool(excited)), 3);
  },
};

type Architecture = keyof typeof architectures;

function build(name: Architecture, withBias: boolean): { net: LrpNet; logits: string; network: Network } {
  const net = new LrpNet(batch, [3, size, size], withBias);
  const logits = architectures[name]?.(net) ?? '';
  return { net, logits, network: net.network(logits, card) };
}

async function outputsOf(graph: Graph, names: readonly string[], images = image): Promise<Float32Array[]> {
  const program = await runtime.compile({ ...graph, outputs: names });
  const result = await program.run({ [imageInput]: images });
  return names.map((name) => floatsOf(outputOf(result, name)));
}

const classTarget = (index: number | 'top') => ({ kind: 'class', class: index, of: 'logit' }) as const;

type Params = Readonly<Record<string, unknown>>;

/** Logits and one method's attribution. */
async function attribute(
  network: Network,
  id: string,
  params: Params,
  index: number | 'top',
  images = image,
) {
  const { graph, logits, methods } = emitExplanations(network, [{ id, params }], classTarget(index));
  const [scores, found] = await outputsOf(graph, [logits, methods[0]?.attribution ?? ''], images);
  return { logits: scores ?? new Float32Array(), attribution: found ?? new Float32Array() };
}

/** The relevance under a composite of one's own. */
async function relevanceUnder(network: Network, composite: Composite, target: number): Promise<Float32Array> {
  const b = newBuilder(network.graph);
  const score = classLogit(b, network, target);
  const context: Pick<AttributionContext, 'b' | 'network' | 'gradient'> = {
    b,
    network,
    gradient: (wrt, rules = []) => backward(b, { of: score, wrt, composite: rules }),
  };
  const relevance = relevanceAtInput(context, composite);
  const [found] = await outputsOf(b.build([relevance], network.graph), [relevance]);
  return found ?? new Float32Array();
}

/** The normalized pixels of one example. */
function normalized(example: number): number[] {
  const plane = size * size;
  const pixels = floatsOf(image).subarray(example * 3 * plane, (example + 1) * 3 * plane);
  return Array.from(pixels, (value, at) => {
    const c = Math.floor(at / plane);
    return (value - (card.mean[c] ?? 0)) / (card.std[c] ?? 1);
  });
}

/** The relevance of all examples as the papers have it. */
function reference({ net, logits }: { net: LrpNet; logits: string }, target: number, rules: Rules): number[] {
  return Array.from({ length: batch }, (_, example) => {
    const values = valuesOf(net.layers, new Map([[net.input, normalized(example)]]));
    return relevancesOf(net.layers, values, { output: logits, target }, rules).get(net.input) ?? [];
  }).flat();
}

/** Greatest difference, relative to the greatest number wanted. */
function errorOf(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  expect(found).toHaveLength(wanted.length);
  const scale = Math.max(...Array.from(wanted, Math.abs));
  expect(scale).toBeGreaterThan(0);
  const differences = Array.from(wanted, (value, at) => Math.abs(value - (found[at] ?? Number.NaN)));
  return Math.max(...differences) / scale;
}

const names = Object.keys(architectures);
const stabilizers = [1e-6, 0.05];
const cases = names.flatMap((name) => stabilizers.map((stabilizer) => [name, stabilizer] as const));

describe('LRP is its definition in float64', () => {
  it.each(cases)('LRP-ε on "%s" with a stabilizer of %d', async (name, stabilizer) => {
    const built = build(name, true);
    const { attribution } = await attribute(built.network, 'lrpEpsilon', { stabilizer }, 1);
    const wanted = reference(built, 1, { stabilizer, zPlus: 'nowhere' });
    expect(errorOf(attribution, wanted)).toBeLessThan(1e-5);
  });

  it.each(cases)('LRP-z⁺ on the convolutions of "%s" with a stabilizer of %d', async (name, stabilizer) => {
    const built = build(name, true);
    const { attribution } = await attribute(built.network, 'lrpZPlus', { stabilizer }, 1);
    const wanted = reference(built, 1, { stabilizer, zPlus: 'convolutions' });
    expect(errorOf(attribution, wanted)).toBeLessThan(1e-5);
  });

  it.each(cases)('LRP-z⁺ on all layers of "%s" with a stabilizer of %d', async (name, stabilizer) => {
    const built = build(name, true);
    const { attribution } = await attribute(built.network, 'lrpZPlus', { stabilizer, dense: 'zPlus' }, 1);
    const wanted = reference(built, 1, { stabilizer, zPlus: 'everywhere' });
    expect(errorOf(attribution, wanted)).toBeLessThan(1e-5);
  });

  it('and a rule that is 0.1 % wrong on one layer is found', async () => {
    const built = build('chain', true);
    const wrong = epsilonComposite(1e-6).map(({ matches, rule }) =>
      rule.id === 'lrpEpsilon'
        ? {
            matches,
            rule: {
              ...rule,
              vjp: (context: Parameters<typeof rule.vjp>[0]) =>
                rule.vjp(context).map((ct) => {
                  const scaled = context.node.opType === 'Gemm' && ct !== undefined;
                  return scaled ? context.b.add('Mul', [ct, context.b.scalar(1.001)]) : ct;
                }),
            },
          }
        : { matches, rule },
    );
    const wanted = reference(built, 1, { stabilizer: 1e-6, zPlus: 'nowhere' });
    const right = await relevanceUnder(built.network, epsilonComposite(1e-6), 1);
    expect(errorOf(right, wanted)).toBeLessThan(1e-5);
    expect(errorOf(await relevanceUnder(built.network, wrong, 1), wanted)).toBeGreaterThan(5e-4);
  });
});

describe('LRP keeps what it promises', () => {
  it.each(['plain', 'globalPool', 'residual', 'sharedRelu'])(
    'LRP-ε becomes input × gradient on "%s" as the stabilizer vanishes',
    async (name) => {
      const network = buildNetwork(decodeOnnx(loadGolden(name)), rawCard(32), 1);
      const pixels = Float32Array.from({ length: 3 * 32 * 32 }, () => random.uniform() - 0.5);
      const images = tensor('float32', pixels, [1, 3, 32, 32]);
      const lrp = await attribute(network, 'lrpEpsilon', { stabilizer: 1e-12 }, 1, images);
      const product = await attribute(network, 'inputXGradient', {}, 1, images);
      expect(errorOf(lrp.attribution, product.attribution)).toBeLessThan(1e-5);
    },
  );

  const conserving = [
    ['chain', 'lrpEpsilon', {}],
    ['residual', 'lrpEpsilon', {}],
    ['norm', 'lrpEpsilon', {}],
    ['gates', 'lrpEpsilon', {}],
    // Not "residual": a negative term of a sum may have no positive part to give its relevance to.
    ['chain', 'lrpZPlus', { dense: 'zPlus' }],
    ['norm', 'lrpZPlus', {}],
    ['gates', 'lrpZPlus', {}],
  ] as const;

  it.each(conserving)('on "%s" without biases, %s %o sums to the logit', async (name, id, params) => {
    const { network } = build(name, false);
    const found = await attribute(network, id, { stabilizer: 1e-9, ...params }, 2);
    for (let example = 0; example < batch; example++) {
      const logit = found.logits[example * network.classes + 2] ?? 0;
      const length = 3 * size * size;
      const one = found.attribution.subarray(example * length, (example + 1) * length);
      const [total, absolute] = [
        one.reduce((sum, r) => sum + r, 0),
        one.reduce((sum, r) => sum + Math.abs(r), 0),
      ];
      expect(Math.abs(logit)).toBeGreaterThan(1e-3);
      expect(Math.abs(total - logit) / absolute).toBeLessThan(1e-5);
    }
  });

  it('z⁺ gives no pixel a negative relevance where the logit is positive, and sums to it in spite of biases', async () => {
    const { network } = build('chain', true);
    const params = { stabilizer: 1e-9, dense: 'zPlus' };
    const { logits, attribution } = await attribute(network, 'lrpZPlus', params, 'top');
    for (let example = 0; example < batch; example++) {
      const length = 3 * size * size;
      const scores = logits.subarray(example * network.classes, (example + 1) * network.classes);
      const one = attribution.subarray(example * length, (example + 1) * length);
      const greatest = Math.max(...scores);
      expect(greatest).toBeGreaterThan(0);
      expect(Math.min(...one)).toBeGreaterThanOrEqual(0);
      expect(one.reduce((sum, r) => sum + r, 0) / greatest).toBeCloseTo(1, 5);
    }
  });
});
