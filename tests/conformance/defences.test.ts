import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/base/random.ts';
import { float32, type Tensor } from '../../core/base/tensor.ts';
import { type DefenceDefinition, defineDefence } from '../../core/defences/define.ts';
import { defences } from '../../core/defences/registry.ts';
import { requestOf } from '../../core/method/define.ts';
import { z } from 'zod';
import { stageFaults } from './checks/defenceChecks.ts';

/** Further parameters to try than the defaults. */
const settings: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  jpeg: [{ quality: 5 }, { quality: 90, chromaSubsampling: false }],
  bitDepth: [{ bits: 1 }, { bits: 6 }],
  median: [{ size: 5 }],
  totalVariation: [{ weight: 0.5, steps: 3 }],
};

/** Pictures of whole levels with contrast, noise, and pixels that are exactly black and white. */
function pictures(dims: readonly [number, number, number, number]): Tensor {
  const random = seededRandom(dims[3]);
  const [, , , width] = dims;
  const values = Float32Array.from({ length: dims.reduce((product, dim) => product * dim) }, (_, at) => {
    const wave = 0.5 + 0.6 * Math.sin((at % width) / 4) + 0.1 * random.normal();
    return Math.round(255 * Math.min(1, Math.max(0, wave))) / 255;
  });
  return float32(values, dims);
}

const shapes = [
  [3, 3, 17, 13],
  [2, 1, 28, 28],
  [2, 3, 5, 32],
] as const;

const cases = [...defences.values()].flatMap((definition) =>
  [{}, ...(settings[definition.id] ?? [])].map((params) => [definition.id, params, definition] as const),
);

describe('every defence', () => {
  it('is tried with more than its defaults', () => {
    expect([...defences.keys()].filter((id) => settings[id] === undefined)).toEqual([]);
  });

  it.each(cases)(
    '%s with %j makes finite images of the same shape in [0, 1], each by itself, and not the same ones',
    async (_id, params, definition) => {
      for (const dims of shapes) {
        expect(await stageFaults(definition, requestOf(definition, params).params, pictures(dims))).toEqual(
          [],
        );
      }
    },
  );

  it('that does nothing is one that changes nothing: 8 bits of an 8-bit picture', async () => {
    const definition = defences.get('bitDepth');
    if (definition === undefined) throw new Error('missing');
    expect(await stageFaults(definition, { bits: 8 }, pictures([1, 1, 8, 8]))).toEqual([
      'it changes nothing',
    ]);
  });
});

describe('the check of the defences', () => {
  const fake = (emit: DefenceDefinition['emit']): DefenceDefinition =>
    defineDefence({ id: 'fake', title: 'Fake', description: '', citation: '', params: z.object({}), emit });

  it.each<[string, DefenceDefinition['emit'], string]>([
    ['does nothing', (b, image) => ({ image: b.add('Identity', [image]) }), 'it changes nothing'],
    ['leaves [0, 1]', (b, image) => ({ image: b.add('Sub', [b.scalar(0.9), image]) }), 'it leaves [0, 1]'],
    [
      'divides by zero',
      (b, image) => ({ image: b.add('Div', [image, b.add('Sub', [image, image])]) }),
      'it is not finite',
    ],
    [
      'loses a row',
      (b, image) => ({ image: b.add('Slice', [image, b.axes([1]), b.axes([99]), b.axes([2])]) }),
      'its shape is',
    ],
    [
      'mixes the batch',
      (b, image) => ({ image: b.add('Mul', [image, b.add('ReduceMean', [image])]) }),
      'example 0 depends on the batch',
    ],
  ])('finds a stage that %s', async (_title, emit, fault) => {
    expect((await stageFaults(fake(emit), {}, pictures([2, 1, 9, 9]))).join()).toContain(fault);
  });
});
