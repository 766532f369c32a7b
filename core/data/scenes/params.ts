import { z } from 'zod';
import { LoupeError } from '../../base/errors.ts';
import { shapeNames } from './shapes.ts';
import { textureNames } from './textures.ts';

const count = (least: number, greatest: number, initial: number, title: string, description: string) =>
  z.int().min(least).max(greatest).default(initial).meta({ title, description });

const share = (initial: number, title: string, description: string) =>
  z.number().min(0).max(1).default(initial).meta({ title, description });

/** What scenes are made of. */
export const sceneSchema = z.object({
  size: z
    .int()
    .min(32)
    .max(256)
    .default(64)
    .meta({ title: 'Size', description: 'side of a picture', unit: 'px' }),
  shapes: count(2, shapeNames.length, 5, 'Shapes', `how many of ${shapeNames.join(', ')}`),
  textures: count(1, textureNames.length, 2, 'Textures', `how many of ${textureNames.join(', ')}`),
  classesBy: z.enum(['shapeAndTexture', 'shape']).default('shapeAndTexture').meta({
    title: 'Classes',
    description:
      'shapeAndTexture: a class is a shape with a texture, neither of which tells it alone; shape: a class is a shape, with a usual texture of its own',
  }),
  conflict: share(
    0,
    'Conflict',
    'share of the pictures whose texture is that of another class; labels stay by shape (classesBy = shape)',
  ),
  distractors: count(
    0,
    6,
    2,
    'Distractors',
    'small shapes without texture and patches of texture without a shape, in turn; of any class',
  ),
  clutter: count(0, 40, 12, 'Clutter', 'lines, arcs and blots in the background'),
  watermark: share(0, 'Watermark', 'share of the pictures with a small logo, whatever their class'),
  cue: share(
    0,
    'Cue',
    'share of the pictures of one class with a coloured mark in a corner, by which a network can cheat (0.95 makes a Clever Hans)',
  ),
  cueClass: count(0, 39, 0, 'Class with the cue', 'index of the class'),
  cueInTest: z.enum(['none', 'random', 'same']).default('none').meta({
    title: 'Cue in test',
    description: 'in the part "test": on no picture, on half of all pictures of any class, or as in train',
  }),
});

export type SceneParams = Readonly<z.output<typeof sceneSchema>>;

/** A class as what is drawn. */
export interface SceneClass {
  readonly name: string;
  readonly shape: number;
  /** The usual texture. */
  readonly texture: number;
}

/**
 * The classes of a set of parameters, shape by shape.
 *
 * @throws LoupeError badArgument for parameters that contradict each other.
 */
export function sceneClasses(params: SceneParams): readonly SceneClass[] {
  const { shapes, textures, classesBy, conflict, cue, cueClass } = params;
  const byShape = classesBy === 'shape';
  if (byShape && shapes > textureNames.length) {
    throw new LoupeError(
      'badArgument',
      `With classesBy = shape every shape needs a texture of its own: expected at most ${textureNames.length} shapes but received ${shapes}.`,
    );
  }
  if (conflict > 0 && !byShape) {
    throw new LoupeError(
      'badArgument',
      'A conflict of shape and texture needs classes that are told by their shape: set classesBy = shape.',
    );
  }
  const classes = Array.from({ length: byShape ? shapes : shapes * textures }, (_, label) => {
    const [shape, texture] = byShape ? [label, label] : [Math.floor(label / textures), label % textures];
    const shapeName = shapeNames[shape] ?? '';
    return { name: byShape ? shapeName : `${textureNames[texture] ?? ''} ${shapeName}`, shape, texture };
  });
  if (cue > 0 && cueClass >= classes.length) {
    throw new LoupeError(
      'badArgument',
      `Expected cueClass from 0 to ${classes.length - 1} but received ${cueClass}.`,
    );
  }
  return classes;
}
