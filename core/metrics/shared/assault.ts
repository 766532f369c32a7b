import { attackImages } from '../../attacks/attack.ts';
import type { Norm } from '../../attacks/define.ts';
import { normsBetween } from '../../attacks/shared/ball.ts';
import { classify } from '../../attacks/shared/classify.ts';
import { rowOf, takeRows } from '../../attacks/shared/rows.ts';
import { topOf } from '../../attacks/shared/verdict.ts';
import type { MethodContext } from '../../method/context.ts';
import type { MethodRequest } from '../../protocol/method.ts';
import type { Progress } from '../../protocol/results.ts';
import type { Subject } from './subject.ts';

export interface Assault {
  /** The network that is to be fooled. */
  readonly context: MethodContext;
  /** The one that the attack looks at: the same, or one without its defences. */
  readonly surrogate: MethodContext;
  readonly subject: Subject;
  readonly norm: Norm;
}

/**
 * Attacks the pictures `rows`: the sizes of the perturbations that fool the network, by row. They count as the attack left them, before
 * rounding to 8 bits, and rounded: the smaller of those that fool.
 */
export async function* sizesThatFool(
  { context, surrogate, subject, norm }: Assault,
  request: MethodRequest,
  rows: readonly number[],
): AsyncGenerator<Progress, ReadonlyMap<number, number>> {
  const sizes = new Map<number, number>();
  if (rows.length === 0) return sizes;
  const attacked = filledUp(rows, subject);
  const pick = <T>(list: readonly T[]): T[] => attacked.flatMap((row) => list.slice(row, row + 1));
  const images = takeRows(subject.images, attacked);
  const report = yield* attackImages(surrogate, request, {
    images,
    classes: pick(subject.classes),
    targeted: false,
    purposes: pick(subject.purposes),
  });
  for (const found of [report.raw, report.adversarial]) {
    const logits = await classify(context, found);
    rows.forEach((row, at) => {
      if (topOf(rowOf(logits, at)) === subject.classes[row]) return;
      const size = normsBetween(rowOf(found, at), rowOf(images, at))[norm];
      sizes.set(row, Math.min(size, sizes.get(row) ?? Infinity));
    });
  }
  return sizes;
}

/**
 * `rows`, and behind them as many other pictures that the network has right as make their number a power of two. Programs are
 * compiled for a batch size, and survivors become fewer from ε to ε: this way there are few sizes.
 */
function filledUp(rows: readonly number[], { right }: Subject): number[] {
  const wanted = 2 ** Math.ceil(Math.log2(rows.length));
  const own = new Set(rows);
  const others = [...right.keys()].filter((row) => right[row] === true && !own.has(row));
  return [...rows, ...others.slice(0, wanted - rows.length)];
}
