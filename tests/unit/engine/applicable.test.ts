import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { attributions } from '../../../core/attribution/emit.ts';
import { tensor } from '../../../core/base/tensor.ts';
import { applicableMethods } from '../../../core/engine/applicable.ts';
import { saveOnnx } from '../../../core/graph/onnx/save.ts';
import { type Model, openModel } from '../../../core/model/model.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { topClass } from '../../../core/protocol/target.ts';

const folder = mkdtempSync(join(tmpdir(), 'loupe-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const all = [...attributions.values()].map(({ id, params }) => ({ id, params: params.parse({}) }));
const idsOf = (found: readonly { readonly id: string }[]): string[] => found.map(({ id }) => id);

/** Convolution, activation, pooling, flattening. */
async function model(activation: string, pooling: string): Promise<Model> {
  const b = newBuilder();
  const x = b.input('x', { type: 'float32', shape: [1, 3, 8, 8] });
  const weights = tensor('float32', new Float32Array(12).fill(0.1), [4, 3, 1, 1]);
  const convolved = b.add('Conv', [x, b.setConstant('w', weights)]);
  const pooled = b.add(pooling, [b.add(activation, [convolved])]);
  const path = join(folder, `${activation}${pooling}.onnx`);
  saveOnnx(b.build([b.add('Flatten', [pooled])]), path);
  return openModel(path);
}

describe('applicableMethods', () => {
  it('keeps every method where all are defined', async () => {
    const found = applicableMethods(await model('Relu', 'GlobalAveragePool'), all, topClass);
    expect(idsOf(found.methods)).toEqual(idsOf(all));
    expect(found.leftOut).toEqual([]);
  });

  it('leaves out CAM without global average pooling, and the rules for ReLU without ReLU, and says why', async () => {
    const found = applicableMethods(await model('Sigmoid', 'GlobalMaxPool'), all, topClass);
    const undefinedHere = ['cam', 'deconvnet', 'guidedBackprop', 'guidedGradCam'];
    expect(idsOf(found.leftOut)).toEqual(undefinedHere);
    expect(idsOf(found.methods)).toEqual(idsOf(all).filter((id) => !undefinedHere.includes(id)));
    expect(found.leftOut[0]?.reason).toContain('no global average pooling');
    expect(found.leftOut[2]?.reason).toContain('it has Sigmoid');
  });

  it('throws what is wrong with a request itself, and the reason where no method is left', async () => {
    const opened = await model('Sigmoid', 'GlobalMaxPool');
    const typo = { id: 'gradCam', params: { layer: 'Sigmoit', relu: true } };
    expect(() => applicableMethods(opened, [...all, typo], topClass)).toThrow('There is no layer "Sigmoit"');
    expect(() => applicableMethods(opened, [{ id: 'cam', params: {} }], topClass)).toThrow(
      'CAM needs a network',
    );
  });
});
