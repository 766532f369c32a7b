import type { Random } from '../../base/random.ts';
import type { Layer } from './canvas.ts';
import { type Colour, colourAwayFrom } from './colours.ts';
import type { Inside } from './shapes.ts';
import type { Texture } from './textures.ts';
import { cosineOfTurns, sineOfTurns } from './arithmetic.ts';

/** Where something is and how it is turned. */
export interface Placement {
  /** Of the centre, in pixels; (0.5, 0.5) is the centre of the first pixel. */
  readonly x: number;
  readonly y: number;
  /** Radius of the disc that holds it, in pixels. */
  readonly radius: number;
  /** Clockwise in the picture, in turns. */
  readonly turn: number;
}

/** Two colours that differ from each other and from the ground. */
export function twoColours(random: Random, ground: readonly Colour[]): [Colour, Colour] {
  const first = colourAwayFrom(random, ground, 0.4);
  return [first, colourAwayFrom(random, [first, ...ground], 0.5)];
}

/**
 * A shape filled with a texture. The texture has its own direction, turns with nothing, and its period, in pixels; it is lit from the
 * direction of `lightTurn`. There is no shadow: it would tell the shape outside the object.
 */
export function texturedShape(
  { x, y, radius, turn }: Placement,
  inside: Inside,
  texture: { readonly of: Texture; readonly turn: number; readonly period: number },
  paint: { readonly colours: readonly [Colour, Colour]; readonly lightTurn: number },
): Layer {
  const [cosine, sine] = [cosineOfTurns(turn) / radius, sineOfTurns(turn) / radius];
  const [along, across] = [
    cosineOfTurns(texture.turn) / texture.period,
    sineOfTurns(texture.turn) / texture.period,
  ];
  const [lightX, lightY] = [cosineOfTurns(paint.lightTurn), sineOfTurns(paint.lightTurn)];
  return {
    x,
    y,
    reach: radius,
    at(px, py) {
      const [dx, dy] = [px - x, py - y];
      if (!inside(dx * cosine + dy * sine, dy * cosine - dx * sine)) return 0;
      return texture.of(dx * along + dy * across, dy * along - dx * across);
    },
    colours: paint.colours,
    gain: (px, py) => 1 + (0.2 * ((px - x) * lightX + (py - y) * lightY)) / radius,
  };
}
