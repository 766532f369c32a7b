import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { float32, floatsOf, tensor } from '../../core/base/tensor.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import { buildNetwork } from '../../core/nn/buildNetwork.ts';
import { loadStateDict } from '../../core/nn/stateDict.ts';
import { outputOf } from '../../core/runtime/program.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { pack, unpack } from '../../core/training/layout.ts';
import { names } from '../../core/training/names.ts';
import * as optimizers from '../../core/training/optimizers/index.ts';
import { chosen } from '../../core/training/config.ts';
import { emitGradientStep } from '../../core/training/step.ts';
import { trainableOf } from '../../core/training/trainable.ts';
import { architectureOf } from '../../models/architectures/registry.ts';
import { problemOf } from '../training/problem.ts';
import { formulaWeights } from './formulaWeights.ts';
import { goldenInput, uniform } from './generator.ts';

const samples = z.array(z.number());
const golden = z
  .object({
    batch: z.int(),
    networks: z.array(
      z.object({
        id: z.string(),
        params: z.record(z.string(), z.unknown()),
        seed: z.int(),
        loss: z.number(),
        gradients: z.record(z.string(), samples),
        buffers: z.record(z.string(), samples),
      }),
    ),
    optimizers: z.array(
      z.object({
        id: z.string(),
        params: z.record(z.string(), z.unknown()),
        learningRate: z.number(),
        after: z.array(samples),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('training.json', import.meta.url), 'utf8')));

const runtime = new Runtime({ cacheBytes: 0 });
afterAll(() => runtime.dispose());

/** The norm and some elements, as training.py takes them. */
function sampled(flat: Float32Array): number[] {
  const count = Math.min(24, flat.length);
  const norm = Math.sqrt(flat.reduce((sum, value) => sum + value * value, 0));
  return [
    norm,
    ...Array.from({ length: count }, (_, k) => flat[Math.floor((k * flat.length) / count)] ?? Number.NaN),
  ];
}

/** Greatest error of norm and elements, over the norm; `least` where that is smaller. */
function errorOf(found: readonly number[], wanted: readonly number[], least: number): number {
  const norm = Math.max(least, wanted[0] ?? 0);
  return Math.max(...wanted.map((value, at) => Math.abs(value - (found[at] ?? Number.NaN)) / norm));
}

describe('a training step', () => {
  it.each(golden.networks)('has PyTorch’s loss, gradients and running statistics: $id', async (net) => {
    const { batch } = golden;
    const fresh = buildNetwork(architectureOf(net.id), net.params, { seed: 0 });
    const built = loadStateDict(fresh, formulaWeights(fresh));
    const trainable = trainableOf(built);
    const { graph, masks } = emitGradientStep(problemOf(trainable, built.classes), batch);
    const seeds = Array.from({ length: batch }, (_, index) => batch * net.seed + index);
    const targets = new Float32Array(batch * built.classes);
    for (let index = 0; index < batch; index++) targets[index * built.classes + (index % built.classes)] = 1;
    const flat = (layout: typeof trainable.parameters) =>
      tensor('float32', pack(layout, built.graph.constants), [layout.size]);
    const program = await runtime.compile(graph);
    const result = await program.run({
      [names.images]: goldenInput(seeds, [batch, ...trainable.exampleShape]),
      [names.targets]: tensor('float32', targets, [batch, built.classes]),
      [names.theta]: flat(trainable.parameters),
      [names.buffers]: flat(trainable.buffers),
      // Nothing is dropped: PyTorch's masks cannot be had.
      ...Object.fromEntries(
        masks.map(({ input, shape }) => [
          input,
          tensor('float32', new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape),
        ]),
      ),
    });
    expect(floatsOf(outputOf(result, names.loss))[0]).toBeCloseTo(net.loss, 5);
    const gradients = unpack(trainable.parameters, floatsOf(outputOf(result, names.gradient)));
    expect([...gradients.keys()].sort()).toEqual(Object.keys(net.gradients).sort());
    const least = 1e-2 * Math.max(...Object.values(net.gradients).map(([norm = 0]) => norm));
    for (const [name, wanted] of Object.entries(net.gradients)) {
      const found = sampled(floatsOf(gradients.get(name) ?? float32([])));
      expect({ name, small: errorOf(found, wanted, least) < 1e-4 }).toEqual({ name, small: true });
    }
    const buffers = unpack(trainable.buffers, floatsOf(outputOf(result, names.next(names.buffers))));
    for (const [name, wanted] of Object.entries(net.buffers)) {
      const found = sampled(floatsOf(buffers.get(name) ?? float32([])));
      expect({ name, small: errorOf(found, wanted, 1e-6) < 1e-5 }).toEqual({ name, small: true });
    }
  });
});

const width = 12;

describe('an optimizer', () => {
  it.each(golden.optimizers.map((each) => [`${each.id} ${JSON.stringify(each.params)}`, each] as const))(
    'takes PyTorch’s first three steps: %s',
    async (_, { id, params: given, learningRate, after }) => {
      const { definition, params } = chosen(optimizers, { id, params: given }, 'optimizer');
      if (definition.kind !== 'update') throw new Error(`${id} takes no steps by a rule`);
      const b = newBuilder();
      const input = (name: string, shape: readonly number[]) => b.input(name, { type: 'float32', shape });
      const [theta, gradient] = [input('theta', [width]), input('gradient', [width])];
      const stateNames = definition.state(params);
      const scalarNames = Object.keys(definition.scalars?.(1, params) ?? {});
      const update = definition.emit(
        b,
        {
          theta,
          gradient,
          decaying: theta,
          learningRate: input('rate', []),
          state: Object.fromEntries(stateNames.map((name) => [name, input(`s/${name}`, [width])])),
          scalars: Object.fromEntries(scalarNames.map((name) => [name, input(`n/${name}`, [])])),
        },
        params,
      );
      const outputs = [update.theta, ...stateNames.map((name) => update.state[name] ?? '')];
      const program = await runtime.compile(b.build(outputs));
      let here = float32(uniform('theta', width, -1, 1));
      let memory = stateNames.map(() => float32(new Float32Array(width)));
      for (const [step, wanted] of after.entries()) {
        const scalars = Object.entries(definition.scalars?.(step + 1, params) ?? {});
        const result = await program.run({
          theta: here,
          gradient: float32(uniform(`gradient/${step}`, width, -1, 1)),
          rate: float32([learningRate], []),
          ...Object.fromEntries(stateNames.map((name, index) => [`s/${name}`, memory[index] ?? here])),
          ...Object.fromEntries(scalars.map(([name, value]) => [`n/${name}`, float32([value], [])])),
        });
        const [next, ...remembered] = outputs.map((name) => outputOf(result, name));
        here = next ?? here;
        memory = remembered;
        wanted.forEach((value, at) => {
          expect(Math.abs(value - (floatsOf(here)[at] ?? Number.NaN))).toBeLessThan(1e-6);
        });
      }
    },
  );
});
