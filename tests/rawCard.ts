import type { InputCard } from '../core/protocol/card.ts';

/** The card of a network that takes RGB pixels as they are: no preprocessing to speak of. */
export function rawCard(width: number, height = width): InputCard {
  return {
    width,
    height,
    channels: 3,
    colourOrder: 'RGB',
    layout: 'NCHW',
    resize: { mode: 'none' },
    range: [0, 1],
    mean: [0, 0, 0],
    std: [1, 1, 1],
  };
}
