import { describe, expect, it } from 'vitest';
import { float32, floatsOf } from '../../../core/base/tensor.ts';
import { deepDream } from '../../../core/features/deepDream.ts';
import { type DreamObjective, dreamNames, emitDreamStep } from '../../../core/features/shared/dreamStep.ts';
import { networkOf } from '../../../core/model/model.ts';
import { resolveLayer } from '../../../core/model/layers.ts';
import { trunkOf } from '../../../core/model/trunk.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { convNet, convNetCard, convNetFeatures, numericGradient } from '../../reference/convNet.ts';
import type { Grid } from '../../reference/convolution.ts';
import { gridOf, pixelsOf, randomPicture, runFeature } from './pictures.ts';

const model = modelInMemory(convNet(), convNetCard);
const picture = randomPicture(1, 60, 44);
const extent = { height: 7, width: 9 };
const small = pixelsOf(randomPicture(3, extent.width, extent.height));

/** One step of the program at the layer `late`, and the objective before it. */
async function step(objective: DreamObjective, extras: Record<string, ReturnType<typeof float32>> = {}) {
  const value = resolveLayer(networkOf(model), 'late').value;
  const trunk = trunkOf(model, [value], { batch: 1, ...extent });
  const runtime = new Runtime({ threads: 1 });
  try {
    const program = await runtime.compile(emitDreamStep(trunk, value, objective));
    const result = await program.run({ ...extras, image: small, [dreamNames.step]: float32([0.02], []) });
    return {
      next: floatsOf(outputOf(result, dreamNames.next)),
      objective: floatsOf(outputOf(result, dreamNames.objective))[0] ?? NaN,
    };
  } finally {
    await runtime.dispose();
  }
}

/** x + 0.02 g / mean|g|, clipped. */
function stepped(image: Grid, gradient: readonly number[]): number[] {
  const mean = gradient.reduce((sum, value) => sum + Math.abs(value), 0) / gradient.length;
  return image.data.map((value, at) => Math.min(1, Math.max(0, value + (0.02 * (gradient[at] ?? 0)) / mean)));
}

function expectClose(found: ArrayLike<number>, wanted: readonly number[], tolerance: number): void {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, at) => expect(Math.abs((found[at] ?? NaN) - value)).toBeLessThan(tolerance));
}

describe('a step of a dream', () => {
  it('goes along the gradient of the mean square by the step over its mean size, as differences in float64 say', async () => {
    const meanSquare = (image: Grid): number => {
      const { data } = convNetFeatures(image).late;
      return data.reduce((sum, value) => sum + value * value, 0) / data.length;
    };
    const image = gridOf(small);
    const { next, objective } = await step({ kind: 'layer', layer: 'late' });
    expect(objective).toBeCloseTo(meanSquare(image), 5);
    expectClose(next, stepped(image, numericGradient(image, meanSquare)), 1e-5);
  });

  it('matches each place with the guide feature of the greatest dot product, and holds the match', async () => {
    const guide = convNetFeatures(gridOf(pixelsOf(randomPicture(5, 8, 6)))).late;
    const [, channels = 1, height = 1, width = 1] = guide.dims;
    const places = height * width;
    const image = gridOf(small);
    const features = convNetFeatures(image).late;
    const count = features.data.length / channels;
    const dotAt = (data: readonly number[], at: number, place: number): number =>
      Array.from({ length: channels }).reduce<number>(
        (sum, _, c) => sum + (data[c * count + at] ?? 0) * (guide.data[c * places + place] ?? 0),
        0,
      );
    const matches = Array.from({ length: count }, (_, at) => {
      const dots = Array.from({ length: places }, (__, place) => dotAt(features.data, at, place));
      return dots.indexOf(Math.max(...dots));
    });
    expect(new Set(matches).size).toBeGreaterThan(1);
    const likeness = (of: Grid): number =>
      matches.reduce((sum, place, at) => sum + dotAt(convNetFeatures(of).late.data, at, place), 0) / count;
    const found = await step(
      { kind: 'guide', places },
      { [dreamNames.guide]: float32(guide.data, [channels, places]) },
    );
    expect(found.objective).toBeCloseTo(likeness(image), 4);
    const late = (of: Grid): readonly number[] => convNetFeatures(of).late.data;
    const held = (of: Grid): number => {
      const data = late(of);
      return matches.reduce((sum, place, at) => sum + dotAt(data, at, place), 0);
    };
    expectClose(found.next, stepped(image, numericGradient(image, held)), 1e-5);
  });
});

const params = { layer: 'late', octaves: 3, iterations: 6, jitter: 4 };

describe('a dream', () => {
  it('raises the objective in every octave, at the sizes of a geometric row', async () => {
    const { image, curve, progress, fact } = await runFeature(deepDream, {
      model,
      picture,
      params: { ...params, jitter: 0 },
    });
    const labels = image.facts?.map(({ label }) => label) ?? [];
    for (const octave of ['octave 1 (31x22)', 'octave 2 (43x31)', 'octave 3 (60x44)']) {
      expect(labels).toContain(`${octave}: objective before`);
      const [before, after] = [fact(`${octave}: objective before`), fact(`${octave}: objective after`)];
      expect(before).toBeGreaterThan(0);
      expect(after).toBeGreaterThan(1.03 * before);
    }
    expect(image.image.dims).toEqual([3, 44, 60]);
    expect(curve.series[0]?.y).toHaveLength(18);
    expect(progress.at(-1)).toMatchObject({ done: 18, total: 18 });
    expect(progress.filter(({ preview }) => preview !== undefined).length).toBeGreaterThanOrEqual(3);
    for (const value of floatsOf(image.image)) expect(value >= 0 && value <= 1).toBe(true);
  });

  it('is the same for the same seed and another for another, unless nothing is random', async () => {
    const dream = async (seed: number, jitter: number) =>
      (await runFeature(deepDream, { model, picture, seed, params: { ...params, jitter } })).image.image;
    expect(await dream(3, 4)).toEqual(await dream(3, 4));
    expect(await dream(3, 4)).not.toEqual(await dream(4, 4));
    expect(await dream(3, 0)).toEqual(await dream(4, 0));
  });

  it('reduces the longer side to `size`, and never enlarges', async () => {
    const sized = async (size: number) =>
      (
        await runFeature(deepDream, {
          model,
          picture,
          params: { ...params, octaves: 1, iterations: 1, size },
        })
      ).image.image.dims;
    expect(await sized(30)).toEqual([3, 22, 30]);
    expect(await sized(500)).toEqual([3, 44, 60]);
  });

  it('adds to the photograph: with a step of 0 it is the photograph', async () => {
    const { image } = await runFeature(deepDream, { model, picture, params: { ...params, step: 0 } });
    expect(image.image.dims).toEqual([3, 44, 60]);
    expectClose(floatsOf(image.image), gridOf(pixelsOf(picture)).data, 2e-6);
  });
});

describe('a dream of a target', () => {
  it('dreams of a channel more than of what lies beside it', async () => {
    const target = { kind: 'channel', layer: 'late', channel: 1 } as const;
    const { fact, layers } = await runFeature(deepDream, {
      model,
      picture,
      target,
      params: { ...params, layer: 'early' },
    });
    const last = 'octave 3 (60x44): objective';
    expect(fact(`${last} after`)).toBeGreaterThan(1.1 * fact(`${last} before`));
    // The target's layer, not the parameter's.
    expect(layers).toEqual(['late']);
  });

  it('takes a unit at the same place of the picture in every octave', async () => {
    const target = { kind: 'unit', layer: 'late', channel: 3, row: 4, column: 5 } as const;
    const { image } = await runFeature(deepDream, {
      model,
      picture,
      target,
      params: { ...params, jitter: 0 },
    });
    // Row 4 of 5 and column 5 of 6 are in the lower right corner: nothing above and left of the middle has changed.
    const before = floatsOf(pixelsOf(picture));
    let [near, far] = [0, 0];
    floatsOf(image.image).forEach((value, at) => {
      const change = Math.abs(value - (before[at] ?? NaN));
      const [x, y] = [at % 60, Math.floor(at / 60) % 44];
      if (x < 30 && y < 22) far = Math.max(far, change);
      if (x > 45 && y > 33) near = Math.max(near, change);
    });
    expect(near).toBeGreaterThan(0.05);
    expect(far).toBeLessThan(1e-5);
  });

  it('goes towards the features of a guide', async () => {
    const guide = [randomPicture(9, 20, 30)];
    const plain = await runFeature(deepDream, { model, picture, params });
    const guided = await runFeature(deepDream, { model, picture, params, references: { guide } });
    const last = 'octave 3 (60x44): objective';
    expect(guided.fact(`${last} after`)).toBeGreaterThan(guided.fact(`${last} before`));
    expect(guided.image.image).not.toEqual(plain.image.image);
  });

  it('leaves the picture as it is, and says so, where the layer is silent', async () => {
    const target = { kind: 'channel', layer: 'early', channel: 3 } as const;
    const { image } = await runFeature(deepDream, { model, picture, target, params });
    expectClose(floatsOf(image.image), gridOf(pixelsOf(picture)).data, 2e-6);
    expect(image.notes?.join(' ')).toContain('silent');
  });
});

describe('a dream is refused', () => {
  it.each([
    [
      'of a class',
      { target: { kind: 'class', class: 2, of: 'logit' } as const },
      'Expected a layer, channel, unit',
    ],
    ['of an unknown layer', { params: { layer: 'lat' } }, 'Did you mean "late"?'],
    [
      'of a channel with a guide',
      {
        references: { guide: [picture] },
        target: { kind: 'channel', layer: 'late', channel: 1 } as const,
      },
      'Expected a layer as the target',
    ],
    ['with two guides', { references: { guide: [picture, picture] } }, 'Expected one picture for the guide'],
    [
      'of an unknown channel',
      { target: { kind: 'channel', layer: 'late', channel: 6 } as const },
      'from 0 to 5',
    ],
  ])('%s', async (_, more, sentence) => {
    await expect(runFeature(deepDream, { model, picture, ...more })).rejects.toThrow(sentence);
  });
});
