import { readFileSync } from 'node:fs';
import { fromBinary } from '@bufbuild/protobuf';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeSafetensors } from '../../core/base/safetensors.ts';
import { formatShape } from '../../core/base/shape.ts';
import { type Tensor, float32, floatsOf } from '../../core/base/tensor.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import { encodeOnnx } from '../../core/graph/onnx/encode.ts';
import { ModelProtoSchema } from '../../core/graph/onnx/gen/onnx_pb.js';
import type { Graph } from '../../core/graph/ir.ts';
import { type BuiltNetwork, buildNetwork, outputTypes } from '../../core/nn/buildNetwork.ts';
import { loadStateDict, stateDict } from '../../core/nn/stateDict.ts';
import { specialise } from '../../core/passes/specialise.ts';
import { outputOf } from '../../core/runtime/program.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { architectureOf, architectures } from '../../models/architectures/registry.ts';
import { sharedFile } from '../shared.ts';
import { formulaWeights } from './formulaWeights.ts';
import { goldenInput } from './generator.ts';
import { relativeError } from './numbers.ts';

/** Names as a tree whose leaves are shapes; `1-3` stands for three equal branches. */
interface StateTree {
  readonly [name: string]: string | StateTree;
}

const treeSchema: z.ZodType<StateTree> = z.lazy(() =>
  z.record(z.string(), z.union([z.string(), treeSchema])),
);
const caseSchema = z.object({
  id: z.string(),
  params: z.record(z.string(), z.unknown()),
  state: treeSchema,
  logits: z.array(z.array(z.number())).optional(),
});

/** What architectures.py wrote. */
const { cases } = z
  .object({ cases: z.array(caseSchema) })
  .parse(JSON.parse(readFileSync(new URL('architectures.json', import.meta.url), 'utf8')));

const titleOf = ({ id, params }: (typeof cases)[number]): string => `${id} ${JSON.stringify(params)}`;

function flattened(tree: StateTree, path: readonly string[] = []): string[] {
  return Object.entries(tree).flatMap(([key, branch]) => {
    const [first, last = first] = key.split('-');
    const keys = /^\d+-\d+$/.test(key)
      ? Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => String(Number(first) + index))
      : [key];
    return keys.flatMap((name) =>
      typeof branch === 'string'
        ? [`${[...path, name].join('.')}: ${branch}`]
        : flattened(branch, [...path, name]),
    );
  });
}

const runtime = new Runtime({ cacheBytes: 0 });
afterAll(() => runtime.dispose());

async function run(graph: Graph, input: Tensor): Promise<Tensor> {
  const [name = ''] = graph.inputs.map((each) => each.name);
  const program = await runtime.compile(specialise(graph, { [name]: input.dims }));
  const result = await program.run({ [name]: input });
  return outputOf(result, graph.outputs[0] ?? '');
}

const build = (id: string, params: Readonly<Record<string, unknown>> = {}): BuiltNetwork =>
  buildNetwork(architectureOf(id), params, { seed: 1 });

describe('the architectures', () => {
  it('are all compared with PyTorch, one of each family with its logits', () => {
    expect(new Set(cases.map(({ id }) => id))).toEqual(new Set(architectures.keys()));
    const families = new Set(
      cases.filter(({ logits }) => logits !== undefined).map(({ id }) => id.replaceAll(/[\d_]/g, '')),
    );
    expect(families).toEqual(new Set([...architectures.keys()].map((id) => id.replaceAll(/[\d_]/g, ''))));
  });

  it.each(cases.map((each) => [titleOf(each), each] as const))(
    'have the names and shapes of PyTorch’s state dictionary: %s',
    (_, { id, params, state }) => {
      const ours = [...stateDict(build(id, params))].map(
        ([name, { dims }]) => `${name}: ${formatShape(dims)}`,
      );
      expect(ours.sort()).toEqual(flattened(state).sort());
    },
  );

  it.each(cases.filter(({ logits }) => logits !== undefined).map((each) => [titleOf(each), each] as const))(
    'compute PyTorch’s logits: %s',
    async (_, { id, params, logits = [] }) => {
      const built = build(id, params);
      const { channels, height, width } = built.input;
      const { graph } = loadStateDict(built, formulaWeights(built));
      const found = await run(graph, goldenInput([0, 1], [2, channels, height, width]));
      const wanted = float32(logits.flat(), [logits.length, logits[0]?.length ?? 0]);
      expect(found.dims).toEqual(wanted.dims);
      expect(relativeError(found, wanted)).toBeLessThan(1e-5);
    },
  );
});

describe('published weights', () => {
  const published = (
    [
      ['cifarResNet20', 'resnet20_cifar10', 32],
      ['squeezeNet1_1', 'squeezenet1_1', 224],
    ] as const
  ).map(([id, name, size]) => {
    const [weights = '', model = ''] = ['safetensors', 'onnx'].map((type) =>
      sharedFile(`models/${name}.${type}`),
    );
    return { id, size, weights, model };
  });

  it.skipIf(published.some(({ weights, model }) => weights === '' || model === '')).each(published)(
    'of $id, read from safetensors, give the logits of the published ONNX file',
    async ({ id, size, weights, model }) => {
      const { tensors } = decodeSafetensors(readFileSync(weights), weights);
      const { graph } = loadStateDict(build(id), tensors, weights);
      const input = goldenInput([5, 6], [2, 3, size, size]);
      const wanted = await run(decodeOnnx(readFileSync(model), { name: model }), input);
      expect(relativeError(await run(graph, input), wanted)).toBeLessThan(1e-5);
    },
  );
});

/** The dimensions that a file declares for its output. */
function declaredOutput(file: Uint8Array): (string | number | undefined)[] {
  const type = fromBinary(ModelProtoSchema, file).graph?.output[0]?.type?.value;
  const dims = type?.case === 'tensorType' ? type.value.shape?.dim : undefined;
  return (dims ?? []).map(({ value }) =>
    typeof value.value === 'bigint' ? Number(value.value) : value.value,
  );
}

describe('what is written to ONNX', () => {
  const ids = ['lenet5', 'cifarResNet20', 'gapCnn', 'convNeXtTiny', 'mlp'] as const;

  it.each(ids)('keeps the batch of %s open, and computes every example by itself', async (id) => {
    const built = build(id, id === 'convNeXtTiny' ? { size: 32, classes: 5 } : {});
    const { channels, height, width } = built.input;
    const file = encodeOnnx(built.graph, { outputs: outputTypes(built) });
    expect(declaredOutput(file)).toEqual(['N', built.classes]);
    const read = decodeOnnx(file, { name: id });
    expect(read.inputs.map(({ name, dims }) => [name, dims])).toEqual([
      ['input', ['N', channels, height, width]],
    ]);
    expect(read.outputs).toEqual(['logits']);
    const three = goldenInput([1, 2, 3], [3, channels, height, width]);
    const last = goldenInput([3], [1, channels, height, width]);
    const [together, alone] = [floatsOf(await run(read, three)), floatsOf(await run(read, last))];
    expect(together.length).toBe(3 * built.classes);
    expect(relativeError(together.slice(2 * built.classes), float32(alone))).toBeLessThan(1e-5);
  });
});
