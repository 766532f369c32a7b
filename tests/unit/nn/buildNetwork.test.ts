import { describe, expect, it } from 'vitest';
import { findPooledFeatures } from '../../../core/attribution/shared/classActivation.ts';
import { type Tensor, float32, floatsOf } from '../../../core/base/tensor.ts';
import { constant } from '../../../core/nn/initializers.ts';
import { type BuiltNetwork, buildNetwork } from '../../../core/nn/buildNetwork.ts';
import { loadStateDict, stateDict, stateNames } from '../../../core/nn/stateDict.ts';
import { verifyGraph } from '../../../core/graph/verify.ts';
import { resolveLayer } from '../../../core/model/layers.ts';
import { buildNetwork as asNetwork } from '../../../core/model/network.ts';
import { architectureOf, architectures } from '../../../models/architectures/registry.ts';
import { rawCard } from '../../rawCard.ts';

const build = (id: string, params: Readonly<Record<string, unknown>> = {}, seed = 1): BuiltNetwork =>
  buildNetwork(architectureOf(id), params, { seed });

const valuesOf = (built: BuiltNetwork, name: string): Float32Array =>
  floatsOf(built.graph.constants.get(name) ?? float32([]));

describe('a built network', () => {
  it.each([...architectures.keys()])(
    '%s is a valid graph with open batch and logits of its classes',
    (id) => {
      const built = build(id, { classes: 7 });
      verifyGraph(built.graph);
      const { channels, height, width } = built.input;
      expect(built.graph.inputs).toEqual([
        { name: 'input', type: 'float32', dims: ['N', channels, height, width] },
      ]);
      expect(built.graph.outputs).toEqual(['logits']);
      expect(built.graph.types.size).toBe(0);
      expect(built.classes).toBe(7);
      expect(new Set(stateNames(built))).toEqual(new Set([...built.parameters, ...built.buffers]));
    },
  );

  it('has as many channels and pixels as it is asked for', () => {
    const { input } = build('cifarResNet20', { channels: 1, size: 28 });
    expect(input).toEqual({ channels: 1, height: 28, width: 28 });
  });

  it('begins elsewhere with another seed, and at the same place with the same', () => {
    const weights = (seed: number) => valuesOf(build('lenet5', {}, seed), 'features.0.weight');
    expect(weights(1)).toEqual(weights(1));
    expect(weights(2)).not.toEqual(weights(1));
  });

  it('draws each parameter by its name, so that a deeper network begins alike', () => {
    const [shallow, deep] = [build('cifarResNet20'), build('cifarResNet32')];
    for (const name of ['conv1.weight', 'layer3.2.conv2.weight', 'linear.weight']) {
      expect(valuesOf(deep, name)).toEqual(valuesOf(shallow, name));
    }
  });

  it('draws each kind of weight as its authors do', () => {
    const spread = (values: Float32Array) =>
      Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    const near = (id: string, name: string, deviation: number) =>
      expect(spread(valuesOf(build(id), name)) / deviation).toBeCloseTo(1, 1);
    near('resNet18', 'layer2.0.conv1.weight', Math.sqrt(2 / (128 * 9)));
    near('cifarResNet20', 'layer2.0.conv1.weight', Math.sqrt(2 / (16 * 9)));
    near('resNet18', 'fc.weight', 1 / Math.sqrt(3 * 512));
    near('googLeNet', 'inception4a.branch2.1.conv.weight', 0.01);
    near('inceptionV3', 'fc.weight', 0.1);
    near('convNeXtTiny', 'features.5.0.block.3.weight', 0.02);
    near('mobileNetV2', 'classifier.1.weight', 0.01);
    near('squeezeNet1_1', 'classifier.1.weight', 0.01);
    near('efficientNetB0', 'classifier.1.weight', 1 / Math.sqrt(3 * 1000));
    expect(valuesOf(build('convNeXtTiny'), 'features.1.0.layer_scale')[0]).toBeCloseTo(1e-6, 9);
    expect(new Set(valuesOf(build('denseNet121'), 'classifier.bias'))).toEqual(new Set([0]));
  });

  it('takes another initialization for all its layers', () => {
    const built = buildNetwork(
      architectureOf('lenet5'),
      {},
      { seed: 1, initialization: { convolution: constant(2) } },
    );
    expect(new Set(valuesOf(built, 'features.3.weight'))).toEqual(new Set([2]));
    expect(valuesOf(built, 'classifier.0.weight')).toEqual(valuesOf(build('lenet5'), 'classifier.0.weight'));
  });

  it('refuses unknown and impossible parameters, and pictures that are too small, with a sentence each', () => {
    expect(() => architectureOf('resNet19')).toThrow(
      'There is no architecture "resNet19". Did you mean "resNet18"',
    );
    expect(() => build('lenet5', { clases: 3 })).toThrow(
      'The architecture lenet5 has no parameter "clases". Did you mean "classes"?',
    );
    expect(() => build('lenet5', { classes: 0 })).toThrow('The parameter classes of lenet5 is not valid: ');
    expect(() => build('inceptionV3', { size: 32 })).toThrow(
      /^The architecture inceptionV3 cannot be built for an input of 3x32x32: The .* node "Mixed_[^"]*" is not valid: /,
    );
  });
});

describe('the small networks for pictures of 64×64', () => {
  it.each([
    ['gapCnn', 128],
    ['smallResNet', 64],
  ])('%s ends in maps of 8×8, a pooling and one linear layer, for which CAM is defined', (id, maps) => {
    const network = asNetwork(build(id).graph, rawCard(64), 2);
    const pooled = findPooledFeatures(network);
    expect(network.graph.types.get(pooled.maps)?.shape).toEqual([2, maps, 8, 8]);
    expect(resolveLayer(network, 'auto').value).toBe(pooled.maps);
  });
});

describe('a state dictionary', () => {
  const small = build('smallResNet', { classes: 3, width: 2, blocks: 1 });
  const changed = new Map(
    [...stateDict(small)].map(([name, value]) => [
      name,
      float32(
        floatsOf(value).map((_, index) => index + 0.5),
        value.dims,
      ),
    ]),
  );
  const message = (tensors: ReadonlyMap<string, Tensor>): string => {
    try {
      loadStateDict(small, tensors, 'w.safetensors');
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return '';
  };
  const without = (...names: string[]) => new Map([...changed].filter(([name]) => !names.includes(name)));

  it('replaces parameters and running statistics and leaves the old network alone', () => {
    const before = valuesOf(small, 'conv1.weight');
    const loaded = loadStateDict(small, changed);
    expect(stateDict(loaded)).toEqual(changed);
    expect(valuesOf(small, 'conv1.weight')).toBe(before);
    expect(loaded.graph.nodes).toBe(small.graph.nodes);
  });

  it('passes over counters, auxiliary classifiers and the prefix of data-parallel training', () => {
    const parallel = new Map([...changed].map(([name, value]) => [`module.${name}`, value]));
    parallel.set('module.bn1.num_batches_tracked', float32([3], []));
    expect(stateDict(loadStateDict(small, parallel))).toEqual(changed);
    const built = build('googLeNet', { classes: 4 });
    const auxiliary = new Map(stateDict(built)).set('aux1.fc1.weight', float32([1]));
    expect(stateDict(loadStateDict(built, auxiliary)).size).toBe(auxiliary.size - 1);
  });

  it('says which names are missing, unknown or of another shape', () => {
    expect(message(without('conv1.weight', 'fc.bias'))).toBe(
      'Expected the parameters of smallResNet in w.safetensors, but it lacks "conv1.weight" and "fc.bias".',
    );
    const renamed = without('fc.weight').set('fc.weights', float32([1]));
    expect(message(renamed)).toBe(
      'Expected the parameters of smallResNet in w.safetensors, but it lacks "fc.weight", and it has "fc.weights", which the network has not. Did you mean "fc.weight"?',
    );
    expect(message(new Map())).toContain('it lacks "conv1.weight", "bn1.weight", "bn1.bias" and 44 more');
    expect(message(new Map(changed).set('fc.weight', float32(new Float32Array(16), [2, 8])))).toBe(
      'Expected float32 3x8 for "fc.weight" of smallResNet but received float32 2x8 from w.safetensors. Build it with as many classes as the file has.',
    );
  });
});
