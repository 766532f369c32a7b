import { LoupeError, messageOf } from '../base/errors.ts';
import type { Graph } from '../graph/ir.ts';
import type { Target } from '../passes/lower/define.ts';
import { lowerFor, simplify } from '../passes/pipeline.ts';
import { ProgramCache, graphKey } from './cache.ts';
import { CachedProgram } from './cachedProgram.ts';
import { CheckedProgram } from './checkedProgram.ts';
import { type DeviceChoice, type DeviceReport, hasWebgpuProvider } from './device.ts';
import { checkMemory, constantBytes } from './memory.ts';
import { OrtProgram, type Program } from './program.ts';
import { createSession } from './session.ts';

export interface RuntimeOptions {
  readonly device?: DeviceChoice;
  /** Threads inside an operator; 0 (the default) takes the physical cores. */
  readonly threads?: number;
  /** Bound on the constants of cached programs; 2 GiB unless told. */
  readonly cacheBytes?: number;
}

/** Compiles graphs into programs for one device and keeps them. */
export class Runtime {
  readonly threads: number;
  readonly #wanted: DeviceChoice;
  readonly #fallbacks: string[] = [];
  readonly #cache: ProgramCache;
  #target: Target;

  constructor(options: RuntimeOptions = {}) {
    this.#wanted = options.device ?? 'cpu';
    this.threads = options.threads ?? 0;
    this.#cache = new ProgramCache(options.cacheBytes ?? 2 * 2 ** 30);
    this.#target = this.#wanted === 'cpu' ? 'cpu' : 'webgpu';
    if (this.#target === 'webgpu' && !hasWebgpuProvider()) {
      this.#fallBack('this build of ONNX Runtime has no WebGPU provider');
    }
  }

  get report(): DeviceReport {
    return { device: this.#target, fallbacks: [...this.#fallbacks] };
  }

  /** Prunes, merges, lowers, verifies and compiles a specialised graph; equal graphs share one program. */
  async compile(graph: Graph): Promise<Program> {
    const simplified = simplify(graph);
    return CachedProgram.in(this.#cache, `${this.#target}/${graphKey(simplified)}`, async () => {
      if (this.#target === 'cpu') return this.#compileFor(simplified, 'cpu');
      return this.#compileForWebgpu(simplified);
    });
  }

  /** Releases every program. */
  async dispose(): Promise<void> {
    await this.#cache.clear();
  }

  async #compileFor(graph: Graph, target: Target): Promise<Program> {
    checkMemory(graph);
    const lowered = lowerFor(graph, target);
    checkMemory(lowered);
    const session = await createSession(lowered, { target, threads: this.threads });
    return new OrtProgram(session, lowered, target, constantBytes(lowered));
  }

  /** A WebGPU program whose first run is compared with the CPU; without a working device, the CPU's program. */
  async #compileForWebgpu(graph: Graph): Promise<Program> {
    let program: Program;
    try {
      program = await this.#compileFor(graph, 'webgpu');
    } catch (error) {
      this.#fallBack(messageOf(error));
      return this.#compileFor(graph, 'cpu');
    }
    return new CheckedProgram(
      program,
      () => this.#compileFor(graph, 'cpu'),
      (reason) => {
        this.#fallbacks.push(`${reason}; this program ran on the CPU instead.`);
      },
    );
  }

  #fallBack(reason: string): void {
    const sentence = `WebGPU cannot be used: ${reason}`;
    if (this.#wanted === 'webgpu')
      throw new LoupeError('device', `${sentence}. Choose --device cpu or auto.`);
    this.#fallbacks.push(`${sentence}; ran on the CPU instead.`);
    this.#target = 'cpu';
  }
}
