import { InvalidArgumentError, Option } from 'commander';
import type { Model } from '../model/model.ts';

/** Options that several commands share, in one wording. */
export const cardOption = (): Option =>
  new Option('--card <file>', 'model card to use instead of the one beside the model');

export const jsonOption = (): Option => new Option('--json', 'print JSON instead of text');

/** A parser of whole numbers not below `least`, for commander. */
export function integerFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && text.trim() !== '') return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} up.`);
  };
}

export const asIsOption = (): Option =>
  new Option(
    '--as-is',
    'take pictures of exactly the network’s size, without resizing them (a saved adversarial example)',
  );

/** The model with a card that forbids resizing. */
export function withPicturesAsTheyAre(model: Model): Model {
  const input = { ...model.card.input, resize: { mode: 'none' as const } };
  return { ...model, card: { ...model.card, input } };
}
