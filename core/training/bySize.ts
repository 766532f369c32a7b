import type { Graph } from '../graph/ir.ts';
import type { Program } from '../runtime/program.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** What was emitted for a batch size, and its program. */
export interface Compiled<E> {
  readonly emitted: E;
  readonly program: Program;
}

/** One graph at any batch size, emitted and compiled when a size is first asked for. */
export class BySize<E extends { readonly graph: Graph }> {
  readonly #runtime: Runtime;
  readonly #emit: (size: number) => E;
  readonly #kept = new Map<number, Promise<Compiled<E>>>();

  constructor(runtime: Runtime, emit: (size: number) => E) {
    this.#runtime = runtime;
    this.#emit = emit;
  }

  async at(size: number): Promise<Compiled<E>> {
    const known = this.#kept.get(size) ?? this.#compiled(size);
    this.#kept.set(size, known);
    return known;
  }

  async #compiled(size: number): Promise<Compiled<E>> {
    const emitted = this.#emit(size);
    return { emitted, program: await this.#runtime.compile(emitted.graph) };
  }
}
