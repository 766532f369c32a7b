import type { Model } from '../model/model.ts';
import type { CommandContext } from './command.ts';

/** Says what nobody told Loupe about the model and it had to suppose. */
export function noteGuesses(model: Model, context: CommandContext): void {
  for (const { field, value, reason } of model.guesses) {
    context.note(`${model.name}: guessed ${field} = ${value} (${reason})`);
  }
}

/** Says which results hold NaN or infinity. */
export function noteNonFinite(counts: ReadonlyMap<string, number>, context: CommandContext): void {
  for (const [output, count] of counts) {
    const [elements, are] = count === 1 ? ['1 element', 'is'] : [`${count} elements`, 'are'];
    const drawn = output.endsWith('.map') ? '; drawn as a magenta chequer' : '';
    context.note(`warning: ${elements} of "${output}" ${are} NaN or infinite${drawn}.`);
  }
}
