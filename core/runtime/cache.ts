import { createHash } from 'node:crypto';
import { type Tensor, byteLengthOf } from '../base/tensor.ts';
import type { Graph } from '../graph/ir.ts';
import type { Program } from './program.ts';

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

/** A tensor by its content if it is small, by its place in a file, or by its being this very object. */
function tensorKey(value: Tensor): string {
  const head = `${value.type}${value.dims.join('x')}`;
  if (value.file !== undefined) return `${head}@${value.file.path}:${value.file.offset}`;
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
    const attributes = JSON.stringify(node.attributes, (_key, value: unknown) =>
      ArrayBuffer.isView(value)
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
        : value,
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

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** The program under `key`, compiled if need be. A failed compilation is forgotten. */
  async get(key: string, compile: () => Promise<Program>): Promise<Program> {
    const known = this.#programs.get(key) ?? compile();
    this.#programs.delete(key);
    this.#programs.set(key, known);
    try {
      const program = await known;
      this.#sizes.set(key, program.byteLength);
      await this.#evict(key);
      return program;
    } catch (error) {
      this.#programs.delete(key);
      throw error;
    }
  }

  async clear(): Promise<void> {
    const programs = [...this.#programs.values()];
    this.#programs.clear();
    this.#sizes.clear();
    for (const program of programs) await (await program).release();
  }

  get byteLength(): number {
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** Releases the least recently used programs, never the one just asked for. */
  async #evict(keep: string): Promise<void> {
    for (const [key, program] of this.#programs) {
      if (this.byteLength <= this.#limitBytes) return;
      if (key === keep || !this.#sizes.has(key)) continue;
      this.#programs.delete(key);
      this.#sizes.delete(key);
      await (await program).release();
    }
  }
}
