import { expect, it } from 'vitest';
import { buildNetwork as buildArchitecture } from '../../../core/nn/buildNetwork.ts';
import { buildNetwork } from '../../../core/model/network.ts';
import { architectureOf } from '../../../models/architectures/registry.ts';
import { rawCard } from '../../rawCard.ts';

it('a network whose batch norms are folded keeps each convolution once', () => {
  const { graph, parameters } = buildArchitecture(architectureOf('smallResNet'), {}, { seed: 0 });
  const network = buildNetwork(graph, rawCard(64), 1);
  const kernels = parameters.filter((name) => graph.constants.get(name)?.dims.length === 4);
  const count = (opType: string): number =>
    network.graph.nodes.filter((node) => node.opType === opType).length;
  expect(kernels.length).toBeGreaterThan(5);
  expect(count('Conv')).toBe(kernels.length);
  expect(count('BatchNormalization')).toBe(0);
});
