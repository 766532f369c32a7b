import { describe, expect, it } from 'vitest';
import { LoupeError } from '../../core/base/errors.ts';
import { float32, floatsOf } from '../../core/base/tensor.ts';
import { CheckedProgram } from '../../core/runtime/checkedProgram.ts';
import { type Program, outputOf } from '../../core/runtime/program.ts';
import type { Target } from '../../core/passes/lower/define.ts';

/** A program that multiplies x by `factor`, or refuses to run. */
class Scaling implements Program {
  readonly inputs = new Map([['x', { type: 'float32' as const, shape: [2] }]]);
  readonly outputs = ['y'];
  readonly byteLength = 8;
  readonly target: Target;
  readonly #factor: number;
  runs = 0;
  released = false;

  constructor(target: Target, factor: number) {
    this.target = target;
    this.#factor = factor;
  }

  async run(feeds: Parameters<Program['run']>[0]): ReturnType<Program['run']> {
    this.runs++;
    await Promise.resolve();
    if (Number.isNaN(this.#factor)) throw new LoupeError('device', 'Too many storage buffers.');
    const y = float32(Array.from(floatsOf(feeds['x'] ?? float32([])), (value) => value * this.#factor));
    return { outputs: new Map([['y', y]]), nonFinite: new Map() };
  }

  async release(): Promise<void> {
    await Promise.resolve();
    this.released = true;
  }
}

function checked(factor: number) {
  const [webgpu, cpu] = [new Scaling('webgpu', factor), new Scaling('cpu', 2)];
  const reasons: string[] = [];
  const program = new CheckedProgram(
    webgpu,
    () => Promise.resolve(cpu),
    (reason) => {
      reasons.push(reason);
    },
  );
  const run = async () => [...floatsOf(outputOf(await program.run({ x: float32([1, -3]) }), 'y'))];
  return { program, webgpu, cpu, reasons, run };
}

describe('the first run of a WebGPU program', () => {
  it('is compared with the CPU, and a right program stays on WebGPU', async () => {
    const { program, webgpu, cpu, reasons, run } = checked(2.0001);
    expect(await run()).toEqual([Math.fround(2.0001), Math.fround(-6.0003)]);
    await run();
    expect([webgpu.runs, cpu.runs]).toEqual([2, 1]);
    expect([webgpu.released, cpu.released]).toEqual([false, true]);
    expect(program.target).toBe('webgpu');
    expect(reasons).toEqual([]);
  });

  it('falls back to the CPU and says so when the numbers are wrong', async () => {
    const { program, webgpu, cpu, reasons, run } = checked(2.5);
    expect(await run()).toEqual([2, -6]);
    expect(await run()).toEqual([2, -6]);
    expect([webgpu.runs, cpu.runs]).toEqual([1, 2]);
    expect(webgpu.released).toBe(true);
    expect(program.target).toBe('cpu');
    expect(reasons).toEqual(['WebGPU differs from the CPU by 0.25 (relative) in "y"']);
  });

  it('falls back to the CPU and says so when the device refuses', async () => {
    const { program, reasons, run } = checked(Number.NaN);
    expect(await run()).toEqual([2, -6]);
    expect(program.target).toBe('cpu');
    expect(reasons).toEqual(['Too many storage buffers.']);
  });
});
