import type { ValueType } from '../graph/ir.ts';
import type { Target } from '../passes/lower/define.ts';
import type { ProgramCache } from './cache.ts';
import type { Feeds, Program, RunResult } from './program.ts';

/**
 * A program that the cache owns: it may be evicted between two runs, and is then compiled again, so
 * whoever holds this need not know.
 */
export class CachedProgram implements Program {
  readonly inputs: ReadonlyMap<string, ValueType>;
  readonly outputs: readonly string[];
  readonly #use: <T>(action: (program: Program) => T | Promise<T>) => Promise<T>;
  #target: Target;
  #byteLength: number;

  private constructor(
    program: Program,
    use: <T>(action: (program: Program) => T | Promise<T>) => Promise<T>,
  ) {
    this.inputs = program.inputs;
    this.outputs = program.outputs;
    this.#use = use;
    this.#target = program.target;
    this.#byteLength = program.byteLength;
  }

  static async in(cache: ProgramCache, key: string, compile: () => Promise<Program>): Promise<CachedProgram> {
    const use = async <T>(action: (program: Program) => T | Promise<T>): Promise<T> =>
      cache.use(key, compile, action);
    return use((program) => new CachedProgram(program, use));
  }

  get target(): Target {
    return this.#target;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  async run(feeds: Feeds): Promise<RunResult> {
    return this.#use(async (program) => {
      const result = await program.run(feeds);
      // A first run may have ended on another device.
      this.#target = program.target;
      this.#byteLength = program.byteLength;
      return result;
    });
  }

  /** Nothing: the cache releases its programs, and others may use this one. */
  async release(): Promise<void> {
    await Promise.resolve();
  }
}
