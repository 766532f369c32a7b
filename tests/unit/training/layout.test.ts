import { afterAll, describe, expect, it } from 'vitest';
import { float32, floatsOf } from '../../../core/base/tensor.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { emitPack, emitUnpack, layoutOf, pack, unpack } from '../../../core/training/layout.ts';

const runtime = new Runtime({ cacheBytes: 0 });
afterAll(() => runtime.dispose());

const constants = new Map([
  ['weight', float32([1, 2, 3, 4, 5, 6], [2, 3])],
  ['scale', float32([7], [])],
  ['bias', float32([8, 9])],
]);
const layout = layoutOf(constants, ['bias', 'weight', 'scale']);

describe('a layout', () => {
  it('puts tensors one after the other in the order of the names', () => {
    expect(layout.size).toBe(9);
    expect(layout.entries.map(({ name, offset, size }) => [name, offset, size])).toEqual([
      ['bias', 0, 2],
      ['weight', 2, 6],
      ['scale', 8, 1],
    ]);
    expect([...pack(layout, constants)]).toEqual([8, 9, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('gives back what was packed, as copies', () => {
    const flat = pack(layout, constants);
    const tensors = unpack(layout, flat);
    expect(tensors.size).toBe(constants.size);
    for (const [name, value] of constants) expect(tensors.get(name)).toEqual(value);
    flat.fill(0);
    expect([...floatsOf(tensors.get('bias') ?? float32([]))]).toEqual([8, 9]);
  });

  it('has one element where it holds nothing, because a graph input must not be empty', () => {
    const empty = layoutOf(constants, []);
    expect(empty).toEqual({ entries: [], size: 1 });
    expect([...pack(empty, constants)]).toEqual([0]);
    expect(unpack(empty, new Float32Array(1)).size).toBe(0);
  });

  it('refuses names that are not there', () => {
    expect(() => layoutOf(constants, ['wieght'])).toThrow(
      'The network has no constant "wieght" that could be trained.',
    );
    expect(() => pack(layout, new Map([...constants].slice(1)))).toThrow('The tensor "weight" is missing.');
  });

  it.each([
    ['several tensors', ['bias', 'weight', 'scale']],
    ['one tensor', ['weight']],
  ])('is taken apart and put together again in a graph: %s', async (_, chosen) => {
    const part = layoutOf(constants, chosen);
    const b = newBuilder();
    const flat = b.input('flat', { type: 'float32', shape: [part.size] });
    const values = emitUnpack(b, part, flat);
    expect([...values.keys()]).toEqual(chosen);
    const doubled = chosen.map((name) => b.add('Add', [values.get(name) ?? '', values.get(name) ?? '']));
    const outputs = [emitPack(b, part, doubled), ...values.values()];
    const program = await runtime.compile(b.build(outputs));
    const packed = pack(part, constants);
    const result = await program.run({ flat: float32(packed) });
    expect([...floatsOf(outputOf(result, outputs[0] ?? ''))]).toEqual([...packed].map((value) => 2 * value));
    chosen.forEach((name, index) => {
      const { dims, data } = outputOf(result, outputs[index + 1] ?? '');
      expect({ dims, data }).toEqual({
        dims: constants.get(name)?.dims,
        data: constants.get(name)?.data,
      });
    });
  });
});
