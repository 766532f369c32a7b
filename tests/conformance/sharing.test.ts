import { describe, expect, it } from 'vitest';
import { emitExplanations } from '../../core/attribution/emit.ts';
import { normals, seededRandom } from '../../core/base/random.ts';
import { floatsOf, int64, tensor } from '../../core/base/tensor.ts';
import type { Graph } from '../../core/graph/ir.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import { buildNetwork, imageInput } from '../../core/model/network.ts';
import { targetInput } from '../../core/model/objective.ts';
import { simplify } from '../../core/passes/pipeline.ts';
import { topClass } from '../../core/protocol/target.ts';
import { outputOf } from '../../core/runtime/program.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { loadGolden } from '../golden/loadGraph.ts';
import { rawCard } from '../rawCard.ts';

const size = 64;
const card = rawCard(size);

function networkFor(name: string) {
  return buildNetwork(decodeOnnx(loadGolden(name, { size })), card, 1);
}

const count = (graph: Graph, opType: string): number =>
  graph.nodes.filter((node) => node.opType === opType).length;

describe('several questions about one image', () => {
  const ask = (ids: readonly string[]): Graph => {
    const requests = ids.map((id) => ({ id, params: {} }));
    return simplify(emitExplanations(networkFor('resnet18'), requests, topClass, { classInput: true }).graph);
  };

  it('share one forward pass', () => {
    const [alone, together] = [ask(['gradient']), ask(['gradient', 'gradCam', 'guidedBackprop'])];
    expect(count(together, 'Conv')).toBe(count(alone, 'Conv'));
    expect(count(together, 'MaxPool')).toBe(1);
  });

  it('share the part of the backward pass that is the same: Grad-CAM adds no convolution to saliency', () => {
    expect(count(ask(['gradient', 'gradCam']), 'ConvInputGrad')).toBe(
      count(ask(['gradient']), 'ConvInputGrad'),
    );
    expect(count(ask(['gradient', 'guidedBackprop']), 'ConvInputGrad')).toBeLessThanOrEqual(
      2 * count(ask(['gradient']), 'ConvInputGrad'),
    );
  });

  it('are pruned to what is asked: Grad-CAM at the last layer needs no gradient of a convolution', () => {
    expect(count(ask(['gradCam']), 'ConvInputGrad')).toBe(0);
  });
});

describe('on a network with global average pooling', () => {
  it('CAM is h·w times Grad-CAM without its ReLU', async () => {
    const network = networkFor('globalPool');
    const requests = [
      { id: 'cam', params: {} },
      { id: 'gradCam', params: { relu: false } },
    ];
    const runtime = new Runtime({ threads: 1 });
    const { graph } = emitExplanations(network, requests, topClass, { classInput: true });
    const program = await runtime.compile(graph);
    const image = tensor('float32', normals(seededRandom(4), 3 * size * size, 0.5), [1, 3, size, size]);
    const result = await program.run({ [imageInput]: image, [targetInput]: int64([2]) });
    await runtime.dispose();
    const map = outputOf(result, 'cam');
    const [cam, gradCam] = [floatsOf(map), floatsOf(outputOf(result, 'gradCam'))];
    const [, , height = 0, width = 0] = map.dims;
    const scale = Math.max(...cam.map(Math.abs));
    expect(scale).toBeGreaterThan(0);
    cam.forEach((value, at) => {
      expect(Math.abs(value - height * width * (gradCam[at] ?? Number.NaN)) / scale).toBeLessThan(1e-5);
    });
  });
});
