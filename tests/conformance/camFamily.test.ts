import { describe, expect, it } from 'vitest';
import { emitExplanations } from '../../core/attribution/emit.ts';
import { backward } from '../../core/autodiff/backward.ts';
import { normals, seededRandom } from '../../core/base/random.ts';
import { floatsOf, int64, tensor } from '../../core/base/tensor.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import { resolveLayer } from '../../core/model/layers.ts';
import { type Network, buildNetwork, imageInput } from '../../core/model/network.ts';
import { classLogit, targetInput } from '../../core/model/objective.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import { topClass } from '../../core/protocol/target.ts';
import { outputOf } from '../../core/runtime/program.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { loadGolden } from '../golden/loadGraph.ts';
import { rawCard } from '../rawCard.ts';
import { camPlusPlus, layerCam } from '../reference/cam.ts';

const size = 32;
const card = rawCard(size);
const image = tensor('float32', normals(seededRandom(11), 3 * size * size, 0.5), [1, 3, size, size]);
const feeds = { [imageInput]: image, [targetInput]: int64([1]) };

/** The layer's activation and the logit's gradient there, as the formulas take them. */
async function activationAndGradient(runtime: Runtime, network: Network, value: string) {
  const b = newBuilder(network.graph);
  const [slope = ''] = backward(b, { of: classLogit(b, network, 'input'), wrt: [value] });
  const [a, g] = [b.add('Identity', [value]), b.add('Identity', [slope])];
  const result = await (await runtime.compile(b.build([a, g], network.graph))).run(feeds);
  return {
    dims: b.shapeOf(value),
    activation: floatsOf(outputOf(result, a)),
    gradient: floatsOf(outputOf(result, g)),
  };
}

describe.each(['plain', 'globalPool', 'residual', 'sharedRelu'])('on the network "%s"', (name) => {
  it.each([
    ['gradCamPlusPlus', camPlusPlus],
    ['layerCam', layerCam],
  ] as const)('%s is its formula in float64', async (id, reference) => {
    const network = buildNetwork(decodeOnnx(loadGolden(name)), card, 1);
    const runtime = new Runtime({ threads: 1 });
    try {
      const { graph } = emitExplanations(network, [{ id, params: {} }], topClass, { classInput: true });
      const found = floatsOf(outputOf(await (await runtime.compile(graph)).run(feeds), id));
      const wanted = reference(
        await activationAndGradient(runtime, network, resolveLayer(network, 'auto').value),
      );
      const scale = Math.max(...wanted.map(Math.abs));
      expect(scale).toBeGreaterThan(0);
      wanted.forEach((value, at) =>
        expect(Math.abs(value - (found[at] ?? Number.NaN)) / scale).toBeLessThan(1e-5),
      );
    } finally {
      await runtime.dispose();
    }
  });
});
