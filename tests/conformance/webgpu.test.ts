import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasWebgpuProvider } from '../../core/runtime/device.ts';
import { cases, toleranceOf } from './webgpu/cases.ts';
import { type Outcome, WebgpuChild, swiftShader } from './webgpu/parent.ts';

/** Cases in one session: few, so that a failure is soon found; many, because sessions are slow to make. */
const batchSize = 32;

const missing = [
  existsSync(swiftShader) ? '' : `no software Vulkan at ${swiftShader}: apt-get install chromium libvulkan1`,
  hasWebgpuProvider() ? '' : 'this build of ONNX Runtime has no WebGPU provider',
].filter((reason) => reason !== '');
const title = ['WebGPU computes what the CPU does', ...missing].join('; skipped, ');

describe.skipIf(missing.length > 0)(title, () => {
  const outcomes = new Map<string, Outcome>();
  let child: WebgpuChild | undefined;

  beforeAll(async () => {
    child = await WebgpuChild.create();
    const keys = cases.map(({ key }) => key);
    for (let start = 0; start < keys.length; start += batchSize) {
      const found = await child.run(keys.slice(start, start + batchSize));
      for (const [key, outcome] of found) outcomes.set(key, outcome);
    }
  }, 240_000);

  afterAll(() => {
    child?.close();
  });

  it('and is seen to differ where the lowering does not step around its faults', async () => {
    const faulty = [
      'Conv: trap: 1x1 kernel, pads at the end only',
      'Conv: trap: kernel as large as the map, pads at the end only',
      'Conv: trap: depthwise with nine maps a channel',
      'ConvTranspose: trap: two input channels and one output channel a group',
    ];
    const found = await child?.run(faulty, 'cpu');
    const errors = faulty.map((key) => {
      const outcome = found?.get(key);
      return typeof outcome === 'object' ? (outcome['output 0'] ?? 0) : 0;
    });
    expect(Math.min(...errors)).toBeGreaterThan(0.1);
  });

  it.each([...new Set(cases.map(({ operator }) => operator))])('%s, forward and gradient', (operator) => {
    const faults = cases
      .filter((one) => one.operator === operator)
      .flatMap((one) => {
        const outcome = outcomes.get(one.key) ?? 'it did not run';
        if (typeof outcome === 'string') return [`${one.sample.title}: ${outcome}`];
        return Object.entries(outcome)
          .filter(([, error]) => !(error <= toleranceOf(one)))
          .map(([what, error]) => `${one.sample.title}: ${what} differs by ${error.toExponential(1)}`);
      });
    expect(faults).toEqual([]);
  });
});
