import { afterAll, describe, expect, it } from 'vitest';
import { messageOf } from '../../core/base/errors.ts';
import type { OperatorDefinition, Sample } from '../../core/ops/define.ts';
import { operators } from '../../core/ops/registry.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { forwardFaults, gradientFaults, loosestTolerance } from './agreement.ts';

const runtime = new Runtime({ device: 'cpu', threads: 1 });

afterAll(async () => {
  await runtime.dispose();
});

/** Faults of all samples, each with the title of its sample; a thrown error is a fault too. */
async function faultsOf(
  { samples }: OperatorDefinition,
  check: (sample: Sample) => Promise<string[]>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const sample of samples) {
    const found = await check(sample).catch((error: unknown) => [messageOf(error)]);
    faults.push(...found.map((fault) => `${sample.title}: ${fault}`));
  }
  return faults;
}

describe.each([...operators])('%s', (_key, definition) => {
  it('has samples with titles of their own, judged no more loosely than 5e-4', () => {
    const titles = definition.samples.map(({ title }) => title);
    expect(titles.length).toBeGreaterThan(definition.vjp === 'nondifferentiable' ? -1 : 0);
    expect(new Set(titles).size).toBe(titles.length);
    for (const { tolerance = 0 } of definition.samples)
      expect(tolerance).toBeLessThanOrEqual(loosestTolerance);
  });

  it('gives the types, shapes and values that its definition says', async () => {
    expect(await faultsOf(definition, (sample) => forwardFaults(runtime, definition, sample))).toEqual([]);
  });

  if (definition.vjp === 'nondifferentiable') return;

  it('has a gradient that agrees with finite differences', async () => {
    expect(await faultsOf(definition, (sample) => gradientFaults(runtime, definition, sample, 1))).toEqual(
      [],
    );
  });

  it('has a gradient whose own gradient agrees with finite differences', async () => {
    expect(await faultsOf(definition, (sample) => gradientFaults(runtime, definition, sample, 2))).toEqual(
      [],
    );
  });
});
