import type { Random } from '../../base/random.ts';
import { randomOf } from '../seeds.ts';
import { paintBackground } from './background.ts';
import { type Canvas, blankCanvas, light, paint } from './canvas.ts';
import { distractorLayers } from './distractors.ts';
import { cueMark, watermark } from './marks.ts';
import { type Placement, texturedShape, twoColours } from './object.ts';
import { type SceneClass, type SceneParams, sceneClasses } from './params.ts';
import { shapeNames, shapeOf } from './shapes.ts';
import { textureNames, textureOf } from './textures.ts';
import { cosineOfTurns, sineOfTurns } from './arithmetic.ts';

/** Parts of a set of scenes; they share no scene. */
export const sceneParts = ['train', 'validation', 'test'] as const;

export type ScenePart = (typeof sceneParts)[number];

/** A rendered scene and the truth about it. */
export interface Scene {
  readonly label: number;
  /** Names of what is drawn; with a conflict the texture is not the label's. */
  readonly shape: string;
  readonly texture: string;
  readonly placement: Placement;
  readonly hasCue: boolean;
  readonly hasWatermark: boolean;
  /** [3, size, size], 0..255. */
  readonly image: Uint8Array;
  /** The visible part of the object: coverage [size, size], 0..255. */
  readonly object: Uint8Array;
  /** What tells the class: the object, and the cue where there is one; the same array as `object` where there is none. */
  readonly evidence: Uint8Array;
}

/** What of a scene is drawn from its own numbers, so that switching one option leaves everything else as it was. */
const streams = { ground: 0, object: 1, distractors: 2, conflict: 3, cue: 4, watermark: 5, grain: 6 };

/** Scenes of a set of parameters, each a function of seed, part and index only. */
export function sceneMaker(params: SceneParams): (seed: number, index: number, part?: ScenePart) => Scene {
  const classes = sceneClasses(params);
  return (seed, index, part = 'train') => {
    const random = (stream: keyof typeof streams): Random =>
      randomOf(seed, sceneParts.indexOf(part), streams[stream], index);
    return render(params, classes, index % classes.length, part, random);
  };
}

/** One scene alone. Labels run through the classes: the label of scene `index` is `index` modulo the number of classes. */
export function scene(seed: number, index: number, params: SceneParams, part: ScenePart = 'train'): Scene {
  return sceneMaker(params)(seed, index, part);
}

type Streams = (stream: keyof typeof streams) => Random;

function render(
  params: SceneParams,
  classes: readonly SceneClass[],
  label: number,
  part: ScenePart,
  random: Streams,
): Scene {
  const canvas = blankCanvas(params.size);
  const shape = classes[label]?.shape ?? 0;
  const texture = textureFor(params, classes, label, random('conflict'));
  const { placement, visible } = paintScenery(canvas, params, { shape, texture }, random);
  const hasWatermark = random('watermark').uniform() < params.watermark;
  const hasCue = isCueIn(params, label, part, random('cue'));
  const hide = (pixel: number, coverage: number): void => {
    visible[pixel] = (visible[pixel] ?? 0) * (1 - coverage);
  };
  if (hasWatermark) paint(canvas, watermark(params.size), hide);
  const telling = new Float32Array(hasCue ? visible.length : 0);
  if (hasCue) {
    paint(canvas, cueMark(params.size), (pixel, coverage) => {
      hide(pixel, coverage);
      telling[pixel] = coverage;
    });
  }
  const object = asBytes(visible);
  return {
    label,
    shape: shapeNames[shape] ?? '',
    texture: textureNames[texture] ?? '',
    placement,
    hasCue,
    hasWatermark,
    image: developed(canvas, random('grain')),
    object,
    evidence: hasCue ? asBytes(sum(visible, telling)) : object,
  };
}

/** Ground, distractors, object and light; returns where the object is, and its coverage. */
function paintScenery(
  canvas: Canvas,
  params: SceneParams,
  what: { readonly shape: number; readonly texture: number },
  random: Streams,
): { placement: Placement; visible: Float32Array } {
  const { size, shapes, distractors } = params;
  const ground = paintBackground(canvas, random('ground'), params.clutter);
  const forObject = random('object');
  const placement = placeObject(forObject, size);
  const lightTurn = forObject.uniform();
  const period = size * (0.08 + 0.035 * forObject.uniform());
  const request = {
    size,
    count: distractors,
    shapes,
    textures: texturesOf(params),
    object: placement,
    ground,
    lightTurn,
    period,
  };
  for (const layer of distractorLayers(random('distractors'), request)) paint(canvas, layer);
  const face = { of: textureOf(what.texture), turn: forObject.uniform(), period };
  const colours = twoColours(forObject, ground);
  const visible = new Float32Array(size * size);
  paint(
    canvas,
    texturedShape(placement, shapeOf(what.shape), face, { colours, lightTurn }),
    (pixel, coverage) => {
      visible[pixel] = coverage;
    },
  );
  illuminate(canvas, forObject, lightTurn);
  return { placement, visible };
}

/** How many textures occur. */
const texturesOf = ({ classesBy, shapes, textures }: SceneParams): number =>
  classesBy === 'shape' ? shapes : textures;

/** The class's own texture, or in a conflict that of another class, each with the same probability. */
function textureFor(
  { conflict }: SceneParams,
  classes: readonly SceneClass[],
  label: number,
  random: Random,
): number {
  const isConflict = random.uniform() < conflict;
  const other = (label + 1 + random.integer(classes.length - 1)) % classes.length;
  return classes[isConflict ? other : label]?.texture ?? 0;
}

function isCueIn(
  { cue, cueClass, cueInTest }: SceneParams,
  label: number,
  part: ScenePart,
  random: Random,
): boolean {
  const draw = random.uniform();
  if (cue === 0) return false;
  if (part !== 'test' || cueInTest === 'same') return label === cueClass && draw < cue;
  return cueInTest === 'random' && draw < 0.5;
}

/** Anywhere in the picture, whole, at any angle, its diameter 0.4 to 0.6 of the side. */
function placeObject(random: Random, size: number): Placement {
  const radius = size * (0.2 + 0.1 * random.uniform());
  const free = size - 2 * radius - 2;
  return {
    radius,
    x: radius + 1 + free * random.uniform(),
    y: radius + 1 + free * random.uniform(),
    turn: random.uniform(),
  };
}

/** Light of some strength that falls off across the picture, from the side that lights the objects. */
function illuminate(canvas: Canvas, random: Random, lightTurn: number): void {
  const half = canvas.size / 2;
  const exposure = 0.85 + 0.25 * random.uniform();
  const slope = (0.3 * random.uniform()) / half;
  const [x, y] = [slope * cosineOfTurns(lightTurn), slope * sineOfTurns(lightTurn)];
  light(canvas, (px, py) => exposure * (1 + (px - half) * x + (py - half) * y));
}

const sum = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, at) => value + (b[at] ?? 0));

/** Shares to 0..255, what is above 1 as 1. */
function asBytes(shares: Float32Array): Uint8Array {
  // Rounds by itself, and cuts off; a loop, because `from` with a function takes ten times as long.
  const bytes = new Uint8ClampedArray(shares.length);
  for (let at = 0; at < shares.length; at++) bytes[at] = 255 * (shares[at] ?? 0);
  return new Uint8Array(bytes.buffer);
}

/** To bytes, with a grain of ±2 levels as a camera's. */
function developed({ planes }: Canvas, random: Random): Uint8Array {
  const bytes = new Uint8ClampedArray(planes.length);
  for (let at = 0; at < planes.length; at++) {
    bytes[at] = 255 * (planes[at] ?? 0) + 4 * random.uniform() - 2;
  }
  return new Uint8Array(bytes.buffer);
}
