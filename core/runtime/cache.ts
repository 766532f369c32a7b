import { createHash } from 'node:crypto';
import { type Tensor, byteLengthOf } from '../base/tensor.ts';
import { exactNumber } from '../graph/attributes.ts';
import type { Graph } from '../graph/ir.ts';
import type { Program } from './program.ts';

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

/** A tensor by its content if it is small, by its place in a file, or by its being this very object. */
function tensorKey(value: Tensor): string {
  const head = `${value.type}${value.dims.join('x')}`;
  if (value.file !== undefined) {
    const { path, offset, stamp } = value.file;
    return `${head}@${path}:${offset}:${stamp.size}:${stamp.modified}`;
  }
  if (byteLengthOf(value) <= 1024)
    return `${head}=${Array.from(value.data as ArrayLike<number | bigint>).join()}`;
  let identity = identities.get(value);
  if (identity === undefined) identities.set(value, (identity = nextIdentity++));
  return `${head}#${identity}`;
}

/** A hash of what a graph computes: equal for graphs that are built alike from the same weights. */
export function graphKey(graph: Graph): string {
  const hash = createHash('sha256');
  for (const { name } of graph.inputs) hash.update(`in ${name} ${JSON.stringify(graph.types.get(name))}\n`);
  for (const [name, value] of graph.constants) hash.update(`const ${name} ${tensorKey(value)}\n`);
  for (const node of graph.nodes) {
    const attributes = JSON.stringify(node.attributes, (key, value: unknown) =>
      ArrayBuffer.isView(value)
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
        : exactNumber(key, value),
    );
    hash.update(
      `${node.domain}.${node.opType}(${node.inputs.join()})=>${node.outputs.join()} ${attributes}\n`,
    );
  }
  hash.update(`out ${graph.outputs.join()}`);
  return hash.digest('hex');
}

/** Keeps the programs used last, up to a bound on the bytes of their constants. */
export class ProgramCache {
  readonly #limitBytes: number;
  readonly #programs = new Map<string, Promise<Program>>();
  readonly #sizes = new Map<string, number>();
  readonly #uses = new Map<string, number>();

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** What `action` makes of the program under `key`, compiled if need be; it is not released meanwhile. */
  async use<T>(
    key: string,
    compile: () => Promise<Program>,
    action: (program: Program) => T | Promise<T>,
  ): Promise<T> {
    this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1);
    try {
      return await action(await this.#get(key, compile));
    } finally {
      const left = (this.#uses.get(key) ?? 1) - 1;
      if (left > 0) this.#uses.set(key, left);
      else this.#uses.delete(key);
      await this.#evict(key);
    }
  }

  /** A failed compilation is forgotten, so that the next one is tried. */
  async #get(key: string, compile: () => Promise<Program>): Promise<Program> {
    const known = this.#programs.get(key) ?? compile();
    this.#programs.delete(key);
    this.#programs.set(key, known);
    try {
      const program = await known;
      if (this.#programs.get(key) === known) this.#sizes.set(key, program.byteLength);
      return program;
    } catch (error) {
      if (this.#programs.get(key) === known) this.#programs.delete(key);
      throw error;
    }
  }

  async clear(): Promise<void> {
    const programs = [...this.#programs.values()];
    this.#programs.clear();
    this.#sizes.clear();
    for (const settled of await Promise.allSettled(programs)) {
      // Whoever asked for a program that failed has been told.
      if (settled.status === 'fulfilled') await settled.value.release();
    }
  }

  get byteLength(): number {
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** Releases the least recently used programs, never the one just asked for nor one that runs. */
  async #evict(keep: string): Promise<void> {
    for (const [key, program] of this.#programs) {
      if (this.byteLength <= this.#limitBytes) return;
      if (key === keep || this.#uses.has(key) || !this.#sizes.has(key)) continue;
      this.#programs.delete(key);
      this.#sizes.delete(key);
      await (await program).release();
    }
  }
}
