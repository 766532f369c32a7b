import { LoupeError } from '../base/errors.ts';
import { type Shape, sizeOf } from '../base/shape.ts';
import { type Tensor, floatsOf, int64, tensor } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { int } from '../graph/ir.ts';

export interface LayoutEntry {
  readonly name: string;
  readonly shape: Shape;
  /** In elements. */
  readonly offset: number;
  readonly size: number;
}

/** Where named tensors lie in one flat vector: a step then updates one value instead of hundreds. */
export interface Layout {
  readonly entries: readonly LayoutEntry[];
  /** Elements of the vector; at least 1, because a graph input must not be empty. */
  readonly size: number;
}

/** The constants `names` one after the other. */
export function layoutOf(constants: ReadonlyMap<string, Tensor>, names: readonly string[]): Layout {
  let offset = 0;
  const entries = names.map((name): LayoutEntry => {
    const shape = constants.get(name)?.dims;
    if (shape === undefined) {
      throw new LoupeError('badArgument', `The network has no constant "${name}" that could be trained.`);
    }
    const entry = { name, shape, offset, size: sizeOf(shape) };
    offset += entry.size;
    return entry;
  });
  return { entries, size: Math.max(1, offset) };
}

/** The flat vector of tensors by name. */
export function pack({ entries, size }: Layout, tensors: ReadonlyMap<string, Tensor>): Float32Array {
  const flat = new Float32Array(size);
  for (const { name, offset } of entries) {
    const value = tensors.get(name);
    if (value === undefined) throw new LoupeError('badFile', `The tensor "${name}" is missing.`);
    flat.set(floatsOf(value), offset);
  }
  return flat;
}

/** The tensors of a flat vector, copied. */
export function unpack({ entries }: Layout, flat: Float32Array): Map<string, Tensor> {
  return new Map(
    entries.map(({ name, shape, offset, size }) => [
      name,
      tensor('float32', flat.slice(offset, offset + size), shape),
    ]),
  );
}

/** Emits the tensors of a flat vector, by name. */
export function emitUnpack(b: GraphBuilder, { entries }: Layout, flat: string): Map<string, string> {
  if (entries.length === 0) return new Map();
  const parts =
    entries.length === 1
      ? [flat]
      : split(
          b,
          flat,
          entries.map(({ size }) => size),
        );
  return new Map(
    entries.map(({ name, shape }, index) => [
      name,
      b.add('Reshape', [parts[index] ?? '', b.axes(shape)], {}, { name: `own/${name}` }),
    ]),
  );
}

function split(b: GraphBuilder, flat: string, sizes: readonly number[]): readonly string[] {
  const outputs = sizes.map(() => b.fresh('part'));
  b.addNode({
    name: b.fresh('parts'),
    opType: 'Split',
    domain: '',
    inputs: [flat, b.constant(int64(sizes))],
    outputs,
    attributes: { axis: int(0) },
  });
  return outputs;
}

/** Emits the flat vector of values that have the layout's shapes, in its order. */
export function emitPack(b: GraphBuilder, { entries }: Layout, values: readonly string[]): string {
  const flat = entries.map(({ size }, index) => b.add('Reshape', [values[index] ?? '', b.axes([size])]));
  return flat.length === 1 ? (flat[0] ?? '') : b.add('Concat', flat, { axis: int(0) });
}
