import { afterAll, describe, expect, it } from 'vitest';
import { emitExplanations } from '../../core/attribution/emit.ts';
import { relevanceAtInput } from '../../core/attribution/shared/relevance.ts';
import { backward } from '../../core/autodiff/backward.ts';
import { type Composite, onOperators } from '../../core/autodiff/composite.ts';
import { blocked } from '../../core/autodiff/rules/index.ts';
import { floatsOf } from '../../core/base/tensor.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import { type Network, buildNetwork } from '../../core/model/network.ts';
import { classLogit } from '../../core/model/objective.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import { outputOf } from '../../core/runtime/program.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { loadGolden } from '../golden/loadGraph.ts';
import { type Golden, goldenNumbers, relativeError } from '../golden/numbers.ts';
import { rawCard } from '../rawCard.ts';

const runtime = new Runtime({ cacheBytes: 0 });
afterAll(() => runtime.dispose());

function networkOf({ name, input }: Golden): Network {
  const [batch = 1, , height = 1, width = 1] = input.dims;
  return buildNetwork(decodeOnnx(loadGolden(name), { name }), rawCard(width, height), batch);
}

/** The methods' attributions of a golden network's images, and their logits of the target class. */
async function explain(golden: Golden, requests: readonly { id: string; params: Record<string, unknown> }[]) {
  const target = { kind: 'class', class: golden.target, of: 'logit' } as const;
  const explanation = emitExplanations(networkOf(golden), requests, target);
  const { graph, score, methods } = explanation;
  const outputs = [score, ...methods.map(({ attribution }) => attribution)];
  const program = await runtime.compile({ ...graph, outputs });
  const result = await program.run({ image: golden.input });
  const [scores = new Float32Array(), ...found] = outputs.map((name) => floatsOf(outputOf(result, name)));
  return { scores, found };
}

/** v ⊙ ∂S/∂v under a composite. */
async function productUnder(golden: Golden, composite: Composite): Promise<Float32Array> {
  const network = networkOf(golden);
  const b = newBuilder(network.graph);
  const of = classLogit(b, network, golden.target);
  const gradient = (wrt: readonly string[], rules: Composite = []) =>
    backward(b, { of, wrt, composite: rules });
  const relevance = relevanceAtInput({ b, network, gradient }, composite);
  const program = await runtime.compile(b.build([relevance], network.graph));
  return floatsOf(outputOf(await program.run({ image: golden.input }), relevance));
}

const vanishing = { id: 'lrpEpsilon', params: { stabilizer: 1e-12 } };

describe('LRP on networks as they are exported', () => {
  it.each(['resnet18', 'densenet121', 'googlenet', 'shufflenet_v2_x1_0', 'squeezenet1_1'])(
    'LRP-ε is input × gradient on %s as the stabilizer vanishes',
    async (name) => {
      const { found } = await explain(goldenNumbers(name), [vanishing, { id: 'inputXGradient', params: {} }]);
      const [relevance = new Float32Array(), product = new Float32Array()] = found;
      expect(product.some((value) => value !== 0)).toBe(true);
      expect(relativeError(relevance, { type: 'float32', dims: [], data: product })).toBeLessThan(1e-5);
    },
  );

  it.each(['efficientnet_b0', 'mobilenet_v2_smooth', 'mobilenet_v3_small_opset13'])(
    'LRP-ε is input × the gradient with constant gates on %s as the stabilizer vanishes',
    async (name) => {
      const golden = goldenNumbers(name);
      const { found } = await explain(golden, [vanishing]);
      const gatesHeld = [{ matches: onOperators('Sigmoid'), rule: blocked }];
      const product = await productUnder(golden, gatesHeld);
      const whole = await productUnder(golden, []);
      const wanted = { type: 'float32', dims: [], data: product } as const;
      expect(relativeError(found[0] ?? new Float32Array(), wanted)).toBeLessThan(1e-5);
      expect(relativeError(whole, wanted)).toBeGreaterThan(1e-2);
    },
  );

  it.each(['squeezenet1_1', 'googlenet'])(
    'z⁺ gives every pixel of %s the sign of the logit',
    async (name) => {
      const golden = goldenNumbers(name);
      const { scores, found } = await explain(golden, [{ id: 'lrpZPlus', params: { dense: 'zPlus' } }]);
      const [relevance = new Float32Array()] = found;
      const length = relevance.length / scores.length;
      scores.forEach((score, example) => {
        const one = relevance.subarray(example * length, (example + 1) * length);
        expect(one.some((value) => value !== 0)).toBe(true);
        expect(one.every((value) => value * score >= 0)).toBe(true);
      });
    },
  );

  it.each(['mobilenet_v3_small', 'resnet18_dynamo', 'resnet18_unfused'])(
    'passes the other activations of %s, with numbers everywhere',
    async (name) => {
      const requests = ['lrpEpsilon', 'lrpZPlus'].map((id) => ({ id, params: {} }));
      const { found } = await explain(goldenNumbers(name), requests);
      for (const relevance of found) {
        expect(relevance.every(Number.isFinite)).toBe(true);
        expect(relevance.some((value) => value !== 0)).toBe(true);
      }
    },
  );

  it.each([
    [
      'convnext_tiny',
      'LayerNormalization node "/classifier/classifier.0/LayerNormalization": it normalizes by statistics',
    ],
    ['vit_small', 'LayerNormalization node "/encoder/ln/LayerNormalization": it normalizes by statistics'],
    ['vit_small_opset14', 'Div node "/encoder/ln/Div": it divides by a value that depends on the image'],
  ])('is refused on %s by a sentence that names the layer', (name, sentence) => {
    const network = networkOf(goldenNumbers(name));
    for (const id of ['lrpEpsilon', 'lrpZPlus']) {
      const emit = () =>
        emitExplanations(network, [{ id, params: {} }], { kind: 'class', class: 0, of: 'logit' });
      expect(emit).toThrow(expect.objectContaining({ code: 'unsupportedOperator' }));
      expect(emit).toThrow(sentence);
    }
  });
});
