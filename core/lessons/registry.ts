import { LoupeError } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';
import { type Lesson, topics } from './define.ts';
import * as definitions from './index.ts';

/** Every lesson by id, in the order of the lecture's topics. */
export const lessons: ReadonlyMap<string, Lesson> = new Map(
  topics
    .flatMap((topic) => Object.values(definitions).filter((lesson) => lesson.topic === topic))
    .map((lesson) => [lesson.id, lesson]),
);

/** The lesson of this id; a sentence with the nearest names if there is none. */
export function lessonOf(id: string): Lesson {
  const found = lessons.get(id);
  if (found !== undefined) return found;
  throw new LoupeError(
    'notFound',
    `There is no lesson "${id}".${suggestion(id, lessons.keys())} "loupe lesson" lists them.`,
  );
}
