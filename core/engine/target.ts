import { LoupeError, expected } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';
import { type Model, networkOf } from '../model/model.ts';

/** The class that is explained: the one with the greatest logit, or an index. */
export type ChosenTarget = 'top' | number;

/**
 * Reads a target as a person writes it: `top`, a class index, or a label (whole, or the only one
 * that contains the words).
 */
export function parseTarget(text: string, model: Model): ChosenTarget {
  if (text === 'top') return 'top';
  if (/^-?\d+$/.test(text)) {
    return checkedIndex(Number(text), model.card.labels.length || networkOf(model).classes);
  }
  const { labels } = model.card;
  const wanted = text.toLowerCase();
  const exact = labels.findIndex((label) => label.toLowerCase() === wanted);
  if (exact >= 0) return exact;
  const containing = labels.flatMap((label, index) => (label.toLowerCase().includes(wanted) ? [index] : []));
  const [only] = containing;
  if (only !== undefined && containing.length === 1) return only;
  if (containing.length > 1) {
    const listed = containing
      .slice(0, 6)
      .map((index) => `${index} "${labels[index] ?? ''}"`)
      .join(', ');
    throw new LoupeError(
      'badArgument',
      `"${text}" fits ${containing.length} classes: ${listed}${containing.length > 6 ? ', …' : ''}. Give the index.`,
    );
  }
  const advice = labels.length === 0 ? ' This model has no labels; give an index.' : suggestion(text, labels);
  throw new LoupeError('notFound', `There is no class "${text}".${advice}`);
}

/** An index, if the model has such a class. */
function checkedIndex(index: number, classes: number): number {
  if (Number.isInteger(index) && index >= 0 && index < classes) return index;
  throw expected('badArgument', {
    wanted: `"top", a label or a class index from 0 to ${classes - 1}`,
    for: 'the target',
    received: String(index),
  });
}
