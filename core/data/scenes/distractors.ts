import type { Random } from '../../base/random.ts';
import type { Layer } from './canvas.ts';
import type { Colour } from './colours.ts';
import { type Placement, texturedShape, twoColours } from './object.ts';
import { type Inside, shapeOf } from './shapes.ts';
import { textureOf } from './textures.ts';
import { cosineOfTurns, sineOfTurns, square } from './arithmetic.ts';

/** Places tried before a distractor is left out. */
const attempts = 30;

/** What distractors are drawn from and fitted in with. */
export interface DistractorRequest {
  readonly size: number;
  readonly count: number;
  readonly shapes: number;
  readonly textures: number;
  readonly object: Placement;
  readonly ground: readonly Colour[];
  readonly lightTurn: number;
  /** Period of the textures, in pixels. */
  readonly period: number;
}

/**
 * Small plain shapes and patches of texture in turn, apart from the object and from each other. Which shape and which texture is
 * independent of the class, so that they tell nothing about it, not even by what is missing.
 */
export function distractorLayers(random: Random, request: DistractorRequest): Layer[] {
  const taken: Placement[] = [request.object];
  const layers: Layer[] = [];
  for (let item = 0; item < request.count; item++) {
    const isShape = item % 2 === 0;
    const radius = request.size * (isShape ? 0.07 + 0.04 * random.uniform() : 0.1 + 0.04 * random.uniform());
    const place = freePlace(random, request.size, radius, taken);
    if (place === undefined) continue;
    taken.push(place);
    layers.push(isShape ? plainShape(random, place, request) : texturePatch(random, place, request));
  }
  return layers;
}

function freePlace(
  random: Random,
  size: number,
  radius: number,
  taken: readonly Placement[],
): Placement | undefined {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const [x, y] = [random.uniform(), random.uniform()].map((part) => radius + part * (size - 2 * radius));
    if (x === undefined || y === undefined) continue;
    const free = taken.every((other) => {
      const apart = other.radius + radius + 1;
      return square(other.x - x) + square(other.y - y) > apart * apart;
    });
    if (free) return { x, y, radius, turn: random.uniform() };
  }
  return undefined;
}

function plainShape(random: Random, place: Placement, request: DistractorRequest): Layer {
  const [colour] = twoColours(random, request.ground);
  const shape = shapeOf(random.integer(request.shapes));
  const plain = { of: () => 1 as const, turn: 0, period: 1 };
  return texturedShape(place, shape, plain, {
    colours: [colour, colour],
    lightTurn: request.lightTurn,
  });
}

function texturePatch(random: Random, place: Placement, request: DistractorRequest): Layer {
  const colours = twoColours(random, request.ground);
  const texture = textureOf(random.integer(request.textures));
  return texturedShape(
    place,
    blot(random),
    { of: texture, turn: random.uniform(), period: request.period },
    { colours, lightTurn: request.lightTurn },
  );
}

/** An outline that is no shape of a class: three discs about the middle. */
function blot(random: Random): Inside {
  const discs = [0, 1, 2].map((part) => {
    const turn = part / 3 + 0.2 * random.uniform();
    const [out, radius] = [0.3 + 0.15 * random.uniform(), 0.35 + 0.2 * random.uniform()];
    return { x: out * cosineOfTurns(turn), y: out * sineOfTurns(turn), radius };
  });
  return (x, y) => discs.some((disc) => square(x - disc.x) + square(y - disc.y) <= disc.radius * disc.radius);
}
