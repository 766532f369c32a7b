import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attribute } from '../../core/attribution/attribute.ts';
import type { Attribution } from '../../core/attribution/define.ts';
import { attributionOf, attributions } from '../../core/attribution/emit.ts';
import { seededRandom } from '../../core/base/random.ts';
import { type Tensor, tensor } from '../../core/base/tensor.ts';
import { MethodContext, drain } from '../../core/method/context.ts';
import { requestOf } from '../../core/method/define.ts';
import { type Model, openModel } from '../../core/model/model.ts';
import type { Target } from '../../core/protocol/target.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { attributionFaults } from './checks/attributionChecks.ts';
import { saveSmallNet } from './checks/smallNet.ts';

const folder = mkdtempSync(join(tmpdir(), 'loupe-'));
const runtime = new Runtime({ threads: 1 });
const side = 16;
const shape = [3, side, side];
let [model, otherModel]: (Model | undefined)[] = [];

beforeAll(async () => {
  model = await openModel(saveSmallNet(join(folder, 'a.onnx'), { side, seed: 1 }));
  otherModel = await openModel(saveSmallNet(join(folder, 'b.onnx'), { side, seed: 2 }));
});

afterAll(async () => {
  await runtime.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function image(seed: number): Tensor {
  const random = seededRandom(seed);
  const values = Float32Array.from({ length: 3 * side * side }, () => random.uniform());
  return tensor('float32', values, [1, ...shape]);
}

/** Parameters that make a method quick. */
const quick: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  // Before its ReLU, so that a score that everything speaks against has a map as well.
  gradCam: { relu: false },
  rise: { samples: 60 },
  smoothGrad: { samples: 4 },
  varGrad: { samples: 4 },
  integratedGradients: { steps: 8 },
};

interface Question {
  readonly model: Model | undefined;
  readonly image: Tensor;
  readonly target: Target;
  readonly seed: number;
}

const usual = (): Question => ({
  model,
  image: image(7),
  target: { kind: 'class', class: 1, of: 'logit' },
  seed: 0,
});

async function ask(id: string, changes: Partial<Question> = {}): Promise<Attribution> {
  const question = { ...usual(), ...changes };
  if (question.model === undefined) throw new Error('There is no model.');
  const context = new MethodContext({ model: question.model, runtime, seed: question.seed });
  const request = requestOf(attributionOf(id), quick[id]);
  return drain(attribute(context, request, question.image, question.target));
}

const usesRandomNumbers = new Set(['rise', 'smoothGrad', 'varGrad']);

async function answersOf(asked: (changes?: Partial<Question>) => Promise<Attribution>, random: boolean) {
  return {
    shape,
    first: await asked(),
    again: await asked(),
    otherClass: await asked({ target: { kind: 'class', class: 3, of: 'logit' } }),
    otherImage: await asked({ image: image(8) }),
    otherNetwork: await asked({ model: otherModel }),
    otherSeed: random ? await asked({ seed: 1 }) : undefined,
  };
}

describe('every attribution method', () => {
  it.each([...attributions.keys()])(
    '%s is finite, of the right shape, repeatable, and about this class, image and network',
    async (id) => {
      const answers = await answersOf((changes) => ask(id, changes), usesRandomNumbers.has(id));
      expect(attributionFaults(answers)).toEqual([]);
    },
  );

  it.each([
    ['a layer', { kind: 'layer', layer: 'stage2/Relu' }],
    ['a channel', { kind: 'channel', layer: 'stage2/Conv', channel: 2 }],
    ['a unit', { kind: 'unit', layer: 'stage2/Conv', channel: 2, row: 3, column: 4 }],
    ['a direction', { kind: 'direction', layer: 'stage2/Relu', vector: [1, -1, 0, 0, 0, 0, 0, 2] }],
    ['a difference of classes', { kind: 'difference', class: 1, against: 2 }],
    ['a log-probability', { kind: 'class', class: 1, of: 'logProbability' }],
  ] satisfies [string, Target][])('can explain %s', async (_, target) => {
    for (const id of ['gradient', 'gradCam', 'integratedGradients', 'smoothGrad', 'occlusion']) {
      const { attribution } = await ask(id, { target });
      const numbers = [...(attribution.data as Float32Array)];
      expect(numbers.every(Number.isFinite), id).toBe(true);
      expect(
        numbers.some((number) => number !== 0),
        id,
      ).toBe(true);
    }
  });

  it('refuses a layer that lies behind what is explained', async () => {
    const target: Target = { kind: 'channel', layer: 'stage1/Relu', channel: 0 };
    const context = new MethodContext({ model: model as Model, runtime });
    const request = requestOf(attributionOf('gradCam'), { layer: 'stage2/Relu' });
    await expect(drain(attribute(context, request, image(7), target))).rejects.toThrow(
      'does not lie before what is explained',
    );
  });
});

describe('the checks themselves', () => {
  const made = (values: (index: number) => number): Attribution => {
    const data = Float32Array.from({ length: 3 * side * side }, (_, index) => values(index));
    return {
      attribution: tensor('float32', data, shape),
      map: tensor('float32', data.slice(0, side * side), [side, side]),
      signed: true,
    };
  };

  it('fail a method that does nothing', async () => {
    const faults = attributionFaults(await answersOf(() => Promise.resolve(made(() => 0)), true));
    expect(faults).toContain('The attribution is the same everywhere.');
    expect(faults).toContain('It does not depend on the class.');
    expect(faults).toContain('It does not depend on the network.');
    expect(faults).toContain('It does not depend on the seed.');
  });

  it('fail a method that only shows the image again', async () => {
    const picture = (changes?: Partial<Question>): Promise<Attribution> => {
      const data = (changes?.image ?? image(7)).data as Float32Array;
      return Promise.resolve(made((index) => data[index] ?? 0));
    };
    expect(attributionFaults(await answersOf(picture, false))).toEqual([
      'It does not depend on the class.',
      'It does not depend on the network.',
    ]);
  });

  it('fail a method that draws without its seed, is not finite, or has another shape', async () => {
    let drawn = 0;
    const restless = attributionFaults(
      await answersOf(() => Promise.resolve(made((index) => index * ++drawn)), true),
    );
    expect(restless).toContain('The same question has two answers.');
    const broken = made((index) => (index === 5 ? Number.NaN : index));
    expect(attributionFaults(await answersOf(() => Promise.resolve(broken), false))).toContain(
      'The attribution is not finite.',
    );
    const wide = { ...made((index) => index), map: tensor('float32', new Float32Array(side), [1, side]) };
    expect(attributionFaults(await answersOf(() => Promise.resolve(wide), false))).toContain(
      'The map has the shape [1,16].',
    );
  });
});
