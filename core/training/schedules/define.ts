import type { z } from 'zod';

/** Where a training is. */
export interface Moment {
  /** Steps done. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** Validation loss after each epoch so far. */
  readonly validationLosses: readonly number[];
}

/** How the learning rate changes: a function of where the training is, so that a resumed one needs no memory of it. */
export interface ScheduleDefinition<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly citation: string;
  readonly params: Schema;
  /** What the learning rate of the next step is multiplied by. */
  readonly factor: (moment: Moment, params: z.output<Schema>) => number;
}

export function defineSchedule<Schema extends z.ZodObject>(
  definition: ScheduleDefinition<Schema>,
): ScheduleDefinition {
  return Object.freeze(definition) as unknown as ScheduleDefinition;
}
