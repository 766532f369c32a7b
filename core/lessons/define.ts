import type { Progress, Result } from '../protocol/results.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** The parts of the lecture, in its order. */
export const topics = ['learning features', 'backpropagation', 'optimization', 'regularization'] as const;

export type Topic = (typeof topics)[number];

/** A number that a lesson's claim stands on. */
export interface Check {
  /** What was measured, and what it should be. */
  readonly claim: string;
  readonly value: number;
  readonly holds: boolean;
}

/** What a lesson shows. */
export interface LessonFinding {
  readonly results: readonly Result[];
  readonly checks: readonly Check[];
}

export interface LessonRun {
  readonly runtime: Runtime;
  /** Of all random numbers. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** An idea of the lecture as a small experiment: seconds on a CPU, with a picture and numbers that can fail. */
export interface Lesson {
  readonly id: string;
  readonly topic: Topic;
  readonly title: string;
  /** The idea as a sentence. */
  readonly claim: string;
  /** Book or paper. */
  readonly citation: string;
  readonly run: (run: LessonRun) => AsyncGenerator<Progress, LessonFinding>;
}

export function defineLesson(lesson: Lesson): Lesson {
  return Object.freeze(lesson);
}
