import { afterAll, describe, expect, it } from 'vitest';
import { type AttackReport, attackImages } from '../../core/attacks/attack.ts';
import { attackOf } from '../../core/attacks/registry.ts';
import { normsBetween } from '../../core/attacks/shared/ball.ts';
import { classify } from '../../core/attacks/shared/classify.ts';
import { rowOf } from '../../core/attacks/shared/rows.ts';
import { topOf } from '../../core/attacks/shared/verdict.ts';
import { floatsOf, tensor } from '../../core/base/tensor.ts';
import { fitPicture } from '../../core/data/fit.ts';
import { readImage } from '../../core/data/image.ts';
import { MethodContext, drain } from '../../core/method/context.ts';
import { requestOf } from '../../core/method/define.ts';
import { openModel } from '../../core/model/model.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { mnistTestDigits } from '../mnist.ts';
import { sharedFile } from '../shared.ts';

const runtime = new Runtime({ device: 'cpu' });
const timeout = 180_000;

afterAll(async () => {
  await runtime.dispose();
});

const squeezenet = sharedFile('models/squeezenet1_1.onnx');
const pictures = ['both.png', 'dog.jpg', 'coral_bird.bmp', 'shicai_cat.jpg'].flatMap((name) => {
  const path = sharedFile(`images/${name}`);
  return path === undefined ? [] : [path];
});

/** Attacks the classes that SqueezeNet itself names. */
async function attackPictures(id: string, params: Record<string, unknown>): Promise<AttackReport> {
  const model = await openModel(squeezenet ?? '');
  const context = new MethodContext({ model, runtime });
  const { height, width } = model.card.input;
  const fitted = await Promise.all(
    pictures.map(async (path) => floatsOf(fitPicture(await readImage(path), model.card.input).values)),
  );
  const data = new Float32Array(fitted.flatMap((values) => [...values]));
  const images = tensor('float32', data, [pictures.length, 3, height, width]);
  const logits = await classify(context, images);
  const classes = pictures.map((_, index) => topOf(rowOf(logits, index)));
  const goal = { images, classes, targeted: false, purposes: pictures };
  return drain(attackImages(context, requestOf(attackOf(id), params), goal));
}

describe.skipIf(squeezenet === undefined || pictures.length < 4)('two of 255 levels, as saved,', () => {
  it.each([
    ['fgsm', { epsilon: 2 / 255 }],
    ['pgd', { epsilon: 2 / 255, steps: 10 }],
  ])('fool SqueezeNet on all of four photographs by %s', { timeout }, async (id, params) => {
    const { examples } = await attackPictures(id, params);
    expect(examples.map(({ status }) => status)).toEqual(pictures.map(() => 'succeeded'));
    for (const { norms } of examples) expect(norms.linf).toBeCloseTo(2 / 255, 6);
  });

  it('do nothing to a Samoyed as random noise', { timeout }, async () => {
    const { examples } = await attackPictures('noise', { epsilon: 2 / 255, samples: 3 });
    expect(examples[1]?.status).toBe('failed');
    expect(examples[1]?.saved.probability).toBeGreaterThan(0.8);
  });
});

const ordinary = sharedFile('models/mnist_cnn_forge.onnx');
const robust = sharedFile('models/robust_mnist.onnx');

async function attackDigits(
  path: string | undefined,
  count: number,
  { id, params }: { id: string; params: Record<string, unknown> },
): Promise<AttackReport & { images: ReturnType<typeof tensor> }> {
  const digits = mnistTestDigits(count);
  if (digits === undefined) throw new Error('There are no digits.');
  const context = new MethodContext({ model: await openModel(path ?? ''), runtime });
  const purposes = digits.classes.map((_, index) => `t10k ${index}`);
  const goal = { ...digits, targeted: false, purposes };
  const report = await drain(attackImages(context, requestOf(attackOf(id), params), goal));
  return { ...report, images: digits.images };
}

const standing = ({ examples }: AttackReport): number =>
  examples.filter(({ status }) => status === 'failed' || status === 'lostInRounding').length;

describe.skipIf(ordinary === undefined || mnistTestDigits(1) === undefined)(
  'on an ordinary network for digits',
  () => {
    it('PGD-40 in the ball of 0.3 leaves at most one of 100 digits', { timeout }, async () => {
      const params = { epsilon: 0.3, steps: 40, stepSize: 0.01 };
      expect(standing(await attackDigits(ordinary, 100, { id: 'pgd', params }))).toBeLessThanOrEqual(1);
    });

    it('FGSM leaves more than PGD, and noise nearly all', { timeout }, async () => {
      const params = { epsilon: 0.3 };
      const fgsm = standing(await attackDigits(ordinary, 100, { id: 'fgsm', params }));
      const noise = standing(await attackDigits(ordinary, 100, { id: 'noise', params }));
      expect(fgsm).toBeGreaterThanOrEqual(1);
      expect(fgsm).toBeLessThanOrEqual(10);
      expect(noise).toBeGreaterThan(70);
    });

    it('Carlini-Wagner, L-BFGS and DeepFool fool it by ever more, on a black background', {
      timeout,
    }, async () => {
      const means: number[] = [];
      for (const [id, params] of [
        ['carliniWagner', { steps: 150, searches: 7 }],
        ['lbfgs', { iterations: 30, searches: 8 }],
        ['deepFool', {}],
      ] as const) {
        const report = await attackDigits(ordinary, 8, { id, params });
        const fooled = report.examples.filter(({ adversarial, clean }) => adversarial.index !== clean.index);
        expect(fooled, id).toHaveLength(8);
        const norms = report.examples.map(
          (_, i) => normsBetween(rowOf(report.raw, i), rowOf(report.images, i)).l2,
        );
        means.push(norms.reduce((sum, norm) => sum + norm, 0) / norms.length);
      }
      const [carliniWagner = 0, lbfgs = 0, deepFool = 0] = means;
      expect(carliniWagner).toBeGreaterThan(0.4);
      expect(carliniWagner).toBeLessThan(1.02 * lbfgs);
      expect(lbfgs).toBeLessThan(deepFool);
      expect(deepFool).toBeLessThan(1.5);
    });
  },
);

describe.skipIf(robust === undefined || mnistTestDigits(1) === undefined)(
  'on a network trained to be robust',
  () => {
    const params = { epsilon: 0.1, steps: 20 };

    it('PGD-20 in the ball of 0.1 leaves 193 of 200 digits', { timeout }, async () => {
      const report = await attackDigits(robust, 200, { id: 'pgd', params });
      expect(report.examples.filter(({ status }) => status === 'cleanError')).toHaveLength(1);
      expect(Math.abs(standing(report) - 193)).toBeLessThanOrEqual(1);
    });

    it('PGD-20 in the ball of 0.3 leaves none', { timeout }, async () => {
      const report = await attackDigits(robust, 200, { id: 'pgd', params: { ...params, epsilon: 0.3 } });
      expect(standing(report)).toBe(0);
    });
  },
);
