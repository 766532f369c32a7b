import { z } from 'zod';
import { blobSchema, hashSchema } from './blob.ts';
import { methodRequestSchema, runCommands } from './method.ts';
import { recipeSchema } from './recipe.ts';
import { resultViewSchema, subjectViewSchema } from './resultView.ts';
import { targetSchema, topClass } from './target.ts';

/* Jobs, the runs that they leave, and the events that tell of them. */

/** The body of every HTTP answer that is no success, and why a job failed: a code of core/base/errors.ts and a sentence. */
export const refusalSchema = z.object({ code: z.string(), message: z.string() });

export type Refusal = z.infer<typeof refusalSchema>;

export const jobRequestSchema = z.object({
  command: z.enum(runCommands),
  model: hashSchema,
  images: z
    .array(z.object({ image: hashSchema, label: z.int().nonnegative().optional() }))
    .max(10_000)
    .default([]),
  methods: z.array(methodRequestSchema).min(1).max(100),
  target: targetSchema.default(topClass),
  defences: z.array(methodRequestSchema).max(20).default([]),
  /** Further images by their role (`style`, `guide`). */
  references: z.record(z.string(), z.array(hashSchema)).default({}),
  seed: z.int().nonnegative().default(0),
  memoryBytes: z.int().positive().optional(),
});

/** As a page sends it; what is left out has a default. */
export type JobRequestInput = z.input<typeof jobRequestSchema>;
export type JobRequest = z.output<typeof jobRequestSchema>;

export const jobProgressSchema = z.object({
  done: z.number(),
  total: z.number(),
  what: z.string(),
  /** What it looks like so far. Its blobs live until the job has ended for a while. */
  preview: resultViewSchema.optional(),
});

export type JobProgress = z.infer<typeof jobProgressSchema>;

export const jobStates = ['queued', 'running', 'finished', 'failed', 'cancelled'] as const;

export const jobInfoSchema = z.object({
  id: z.string(),
  kind: z.enum(['run', 'repeat']),
  /** `gradCam, gradient · 3 images · ResNet-50`. */
  title: z.string(),
  state: z.enum(jobStates),
  /** Of a run; a repetition has `repeats`. */
  request: jobRequestSchema.optional(),
  repeats: hashSchema.optional(),
  queued: z.string(),
  started: z.string().optional(),
  ended: z.string().optional(),
  progress: jobProgressSchema,
  /** Whether somebody asked for it to stop. */
  cancelling: z.boolean(),
  /** Of a failed job: a code of core/base/errors.ts and a sentence. */
  error: refusalSchema.optional(),
  /** Of a finished job. */
  run: hashSchema.optional(),
  /** Of a finished repetition. */
  comparison: z
    .object({
      identical: z.array(z.string()),
      changed: z.array(z.string()),
      /** Inputs, versions or devices that differ, a sentence each. */
      differences: z.array(z.string()),
    })
    .optional(),
});

export type JobInfo = z.infer<typeof jobInfoSchema>;

export const runInfoSchema = z.object({
  id: hashSchema,
  command: z.enum(runCommands),
  title: z.string(),
  model: z.object({ id: hashSchema, name: z.string() }),
  images: z.array(z.object({ id: hashSchema, name: z.string() })),
  methods: z.array(z.string()),
  created: z.string(),
  seconds: z.number().nonnegative(),
  byteLength: z.int().nonnegative(),
});

export type RunInfo = z.infer<typeof runInfoSchema>;

export const runDetailsSchema = z.object({
  info: runInfoSchema,
  recipe: recipeSchema,
  subjects: z.array(subjectViewSchema),
  /** Everything of the run in one archive: `run/<id>.zip`. */
  archive: z.string(),
  files: z.array(blobSchema),
});

export type RunDetails = z.infer<typeof runDetailsSchema>;

export const differenceSchema = z.object({ what: z.string(), left: z.string(), right: z.string() });

export type RunDifference = z.infer<typeof differenceSchema>;

/** `run` is complete by itself; `command` is what a person would type, absent where a command line cannot say it. */
export const commandLineSchema = z.object({ command: z.string().optional(), run: z.string() });

export type CommandLine = z.infer<typeof commandLineSchema>;

const jobHolder = { job: jobInfoSchema };

/** What the server tells of itself, in order. */
export const jobEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('jobQueued'), ...jobHolder }),
  z.object({ kind: z.literal('jobStarted'), ...jobHolder }),
  z.object({ kind: z.literal('jobProgress'), id: z.string(), progress: jobProgressSchema }),
  z.object({ kind: z.literal('jobCancelling'), ...jobHolder }),
  z.object({ kind: z.literal('jobFinished'), ...jobHolder }),
  z.object({ kind: z.literal('jobFailed'), ...jobHolder }),
  z.object({ kind: z.literal('jobCancelled'), ...jobHolder }),
  /** The engine died or was killed and is there again. */
  z.object({ kind: z.literal('engineRestarted'), reason: z.string() }),
  z.object({ kind: z.literal('modelsChanged') }),
  z.object({ kind: z.literal('imagesChanged') }),
  z.object({ kind: z.literal('runsChanged') }),
  z.object({ kind: z.literal('layoutsChanged') }),
  /** Something a person should know: a damaged file that was set aside. */
  z.object({ kind: z.literal('message'), level: z.enum(['note', 'warning']), sentence: z.string() }),
  /** Events were missed that the server no longer has (it was started anew): read all lists again. */
  z.object({ kind: z.literal('missed') }),
]);

export type JobEvent = z.infer<typeof jobEventSchema>;
