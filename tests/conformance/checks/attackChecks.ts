import { type AttackGoal, type AttackReport, runAttack } from '../../../core/attacks/attack.ts';
import type { AttackDefinition } from '../../../core/attacks/define.ts';
import { messageOf } from '../../../core/base/errors.ts';
import { type Tensor, floatsOf, tensor } from '../../../core/base/tensor.ts';
import { decodeImage } from '../../../core/data/image.ts';
import { floatsOfPicture, pictureOf } from '../../../core/engine/pictures/image.ts';
import { encodePng } from '../../../core/engine/pictures/png.ts';
import { MethodContext, drain } from '../../../core/method/context.ts';
import { requestOf } from '../../../core/method/define.ts';
import { type Model, networkOf } from '../../../core/model/model.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import type { Runtime } from '../../../core/runtime/runtime.ts';

type Params = Readonly<Record<string, unknown>>;

/** What an attack is tried on. */
export interface AttackSetting {
  readonly runtime: Runtime;
  readonly model: Model;
  /** A network whose logits do not depend on the image. */
  readonly constant: Model;
  /** Multiples of 1/255, [n, C, H, W]. */
  readonly images: Tensor;
  /** The right classes; some of them are not what the network says. */
  readonly classes: readonly number[];
  /** Parameters of this attack; ε where it has one. */
  readonly params: Params;
}

export const tolerance = 1e-6;

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `image ${index}`);

export async function attackWith(
  definition: AttackDefinition,
  { runtime, model }: Pick<AttackSetting, 'runtime' | 'model'>,
  params: Params,
  goal: AttackGoal,
): Promise<AttackReport> {
  const context = new MethodContext({ model, runtime, seed: 3 });
  return drain(runAttack(context, definition, requestOf(definition, params).params, goal));
}

/** Everything that is wrong with an attack, a sentence each; nothing for one that keeps its promises and has an effect. */
export async function attackFaults(definition: AttackDefinition, setting: AttackSetting): Promise<string[]> {
  const { images, classes, params } = setting;
  const goal = { images, classes, targeted: false, purposes: namesOf(classes.length) };
  const clean = await logitsOf(setting, images);
  const firstFaults: string[] = [];
  const report = await attackWith(definition, setting, params, goal).catch((error: unknown) => {
    firstFaults.push(messageOf(error));
  });
  if (report === undefined) return firstFaults;
  const checks = [
    () => feasibilityFaults(report, goal),
    () => untouchedFaults(report, goal, clean),
    async () => effectFaults(report, goal, { clean, raw: await logitsOf(setting, report.raw) }),
    async () => fileFaults(report, goal, setting),
    async () => repetitionFaults(definition, setting, goal, report),
    async () => zeroBudgetFaults(definition, setting, goal),
    async () => flatnessFaults(definition, setting, goal),
    async () => targetFaults(definition, setting, clean),
  ];
  const faults: string[] = [];
  for (const check of checks) {
    try {
      faults.push(...(await check()));
    } catch (error) {
      faults.push(messageOf(error));
    }
  }
  return faults;
}

const rowsOf = ({ dims }: Tensor): number => dims[0] ?? 0;

const row = (source: Tensor, index: number): Float32Array => {
  const length = floatsOf(source).length / rowsOf(source);
  return floatsOf(source).subarray(index * length, (index + 1) * length);
};

function distance(a: Float32Array, b: Float32Array): { linf: number; l2: number } {
  const sizes = Array.from(a, (value, i) => Math.abs(value - (b[i] ?? Number.NaN)));
  return { linf: Math.max(...sizes), l2: Math.hypot(...sizes) };
}

const top = (logits: Float32Array): number => logits.indexOf(Math.max(...logits));

/** Logits by a program of this file, not the attacks'. */
async function logitsOf(
  { model, runtime }: Pick<AttackSetting, 'model' | 'runtime'>,
  images: Tensor,
): Promise<Tensor> {
  const network = networkOf(model, rowsOf(images));
  const program = await runtime.compile(network.graph);
  return outputOf(await program.run({ [network.image]: images }), network.logits);
}

/** Pixels are finite and in the box, perturbations in the ball, saved pixels levels of 255. */
function feasibilityFaults(report: AttackReport, { images }: AttackGoal): string[] {
  const faults: string[] = [];
  for (const [name, result] of [
    ['raw', report.raw],
    ['saved', report.adversarial],
  ] as const) {
    const outside = floatsOf(result).findIndex((value) => !(value >= 0 && value <= 1));
    if (outside >= 0) faults.push(`A ${name} pixel is ${floatsOf(result)[outside]}.`);
    const { budget } = report;
    if (budget === undefined) continue;
    for (let index = 0; index < rowsOf(images); index++) {
      const norm = distance(row(result, index), row(images, index))[budget.norm];
      if (!(norm <= budget.epsilon + tolerance))
        faults.push(`Example ${index} (${name}) has the norm ${norm}.`);
    }
  }
  const strange = floatsOf(report.adversarial).find(
    (value) => Math.fround(Math.round(255 * value) / 255) !== value,
  );
  if (strange !== undefined) faults.push(`A saved pixel is ${strange}, which no 8-bit file holds.`);
  return faults;
}

/** Images that are wrong before the attack are as they were, and count as what they are. */
function untouchedFaults(report: AttackReport, { images, classes }: AttackGoal, clean: Tensor): string[] {
  return classes.flatMap((own, index) => {
    const wrong = top(row(clean, index)) !== own;
    const status = report.examples[index]?.status;
    if (wrong !== (status === 'cleanError')) return [`Example ${index} has the status ${status}.`];
    const moved = distance(row(report.raw, index), row(images, index)).linf;
    return wrong && moved !== 0 ? [`Example ${index} was wrong already and was changed by ${moved}.`] : [];
  });
}

/** Nearly every image is nearer to another class than before. */
function effectFaults(
  { examples }: AttackReport,
  { classes }: AttackGoal,
  logits: { clean: Tensor; raw: Tensor },
): string[] {
  const margin = (of: Tensor, index: number): number => {
    const z = [...row(of, index)];
    const own = classes[index] ?? 0;
    return Math.max(...z.toSpliced(own, 1)) - (z[own] ?? 0);
  };
  const attacked = classes
    .map((_, index) => index)
    .filter((index) => examples[index]?.status !== 'cleanError');
  const nearer = attacked.filter((index) => margin(logits.raw, index) > margin(logits.clean, index));
  return nearer.length >= 0.8 * attacked.length
    ? []
    : [`Only ${nearer.length} of ${attacked.length} images came nearer to another class.`];
}

/** A PNG of each saved image, read again, holds the same pixels, and the network says of them what the report says. */
async function fileFaults(
  report: AttackReport,
  { images, classes }: AttackGoal,
  setting: AttackSetting,
): Promise<string[]> {
  const faults: string[] = [];
  const [, channels = 0, height = 0, width = 0] = images.dims;
  for (const [index, own] of classes.entries()) {
    const saved = row(report.adversarial, index);
    const bytes = await encodePng(pictureOf(saved, [channels, height, width]));
    const read = floatsOfPicture(await decodeImage(bytes, 'saved.png'), channels === 1 ? 1 : 3);
    if (read.some((value, i) => value !== saved[i]))
      faults.push(`The PNG of example ${index} holds other pixels.`);
    const logits = await logitsOf(setting, tensor('float32', read, [1, ...images.dims.slice(1)]));
    const seen = top(row(logits, 0));
    const example = report.examples[index];
    if (example?.saved.index !== seen)
      faults.push(`Example ${index} is seen as ${seen}, not ${example?.saved.index}.`);
    if ((example?.status === 'succeeded') !== (seen !== own) && example?.status !== 'cleanError') {
      faults.push(`Example ${index} of class ${own} is seen as ${seen} and reported as ${example?.status}.`);
    }
  }
  return faults;
}

/** The same seed gives the same images; an image alone is attacked as in a batch, but for sums that depend on the batch. */
async function repetitionFaults(
  definition: AttackDefinition,
  setting: AttackSetting,
  goal: AttackGoal,
  report: AttackReport,
): Promise<string[]> {
  const again = await attackWith(definition, setting, setting.params, goal);
  const faults = floatsOf(again.raw).some((value, i) => value !== floatsOf(report.raw)[i])
    ? ['The same seed gives two results.']
    : [];
  for (const index of [1, 4]) {
    const alone = await attackWith(definition, setting, setting.params, oneOf(goal, index));
    const { linf } = distance(row(alone.raw, 0), row(report.raw, index));
    if (!(linf <= 1e-5)) faults.push(`Example ${index} alone differs from itself in a batch by ${linf}.`);
  }
  return faults;
}

const oneOf = ({ images, classes, targeted, purposes }: AttackGoal, index: number): AttackGoal => ({
  images: tensor('float32', row(images, index).slice(), [1, ...images.dims.slice(1)]),
  classes: classes.slice(index, index + 1),
  targeted,
  purposes: purposes.slice(index, index + 1),
});

/** A ball of size 0 holds the image alone. */
async function zeroBudgetFaults(
  definition: AttackDefinition,
  setting: AttackSetting,
  goal: AttackGoal,
): Promise<string[]> {
  if (definition.params.shape['epsilon'] === undefined) return [];
  const { raw } = await attackWith(definition, setting, { ...setting.params, epsilon: 0 }, goal);
  const { linf } = distance(floatsOf(raw), floatsOf(goal.images));
  return linf === 0 ? [] : [`With ε = 0 it changes pixels by ${linf}.`];
}

/** Where all gradients are 0 nothing becomes NaN, and nothing is fooled. */
async function flatnessFaults(
  definition: AttackDefinition,
  { runtime, constant, params }: AttackSetting,
  goal: AttackGoal,
): Promise<string[]> {
  const seen = top(row(await logitsOf({ runtime, model: constant }, goal.images), 0));
  const classes = goal.classes.map(() => seen);
  const report = await attackWith(definition, { runtime, model: constant }, params, { ...goal, classes });
  const finite = floatsOf(report.raw).every((value) => Number.isFinite(value));
  const failed = report.examples.every(({ status }) => status === 'failed');
  return [
    ...(finite ? [] : ['Gradients of 0 make pixels that are no numbers.']),
    ...(failed ? [] : ['It claims to fool a constant network.']),
    ...feasibilityFaults(report, goal),
  ];
}

/** Targets are reached or not, by argmax; images at their targets are left alone; attacks without targets refuse one. */
async function targetFaults(
  definition: AttackDefinition,
  setting: AttackSetting,
  clean: Tensor,
): Promise<string[]> {
  const { images, params } = setting;
  const [count, classCount = 1] = clean.dims;
  const seen = namesOf(count ?? 0).map((_, index) => top(row(clean, index)));
  // The first image is at its target.
  const classes = seen.map((index, at) => (at === 0 ? index : (index + 1) % classCount));
  const goal = { images, classes, targeted: true, purposes: namesOf(seen.length) };
  if (!definition.targetable) {
    const refusal = await attackWith(definition, setting, params, goal).then(() => '', messageOf);
    return refusal.includes('cannot be given a target')
      ? []
      : [`It cannot have a target, but says "${refusal}".`];
  }
  const report = await attackWith(definition, setting, params, goal);
  const saved = await logitsOf(setting, report.adversarial);
  const first = distance(row(report.raw, 0), row(images, 0)).linf;
  return [
    ...(report.examples[0]?.status === 'alreadyTarget' && first === 0
      ? []
      : ['An image at its target was attacked.']),
    ...feasibilityFaults(report, goal),
    ...classes.slice(1).flatMap((wanted, at) => {
      const status = report.examples[at + 1]?.status;
      const reached = top(row(saved, at + 1)) === wanted;
      return (status === 'succeeded') === reached ? [] : [`Example ${at + 1} is reported as ${status}.`];
    }),
  ];
}
