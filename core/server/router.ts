import { type TrackedEnvelope, initTRPC } from '@trpc/server';
import { z } from 'zod';
import { hashSchema } from '../protocol/blob.ts';
import {
  type JobEvent,
  commandLineSchema,
  differenceSchema,
  jobInfoSchema,
  jobRequestSchema,
  runDetailsSchema,
  runInfoSchema,
} from '../protocol/jobs.ts';
import {
  addedImagesSchema,
  graphViewSchema,
  imageInfoSchema,
  layerInfoSchema,
  layoutSchema,
  modelInfoSchema,
  predictionSchema,
  sessionInfoSchema,
} from '../protocol/workbench.ts';
import { pictureSchema } from '../protocol/resultView.ts';
import { errorShape } from './errorShape.ts';
import type { Workbench } from './workbench.ts';

/** What every procedure is given. */
export interface RouterContext {
  readonly workbench: Workbench;
}

const t = initTRPC.context<RouterContext>().create({
  errorFormatter: ({ shape, error }) => errorShape(shape, error),
});
const { procedure, router } = t;

const path = z.object({ path: z.string().min(1).max(4096) });
const model = z.object({ model: hashSchema });
const image = z.object({ image: hashSchema });
const run = z.object({ run: hashSchema });
const job = z.object({ job: z.string().max(64) });
const layout = z.object({ name: layoutSchema.shape.name });

/** Everything that the page can ask for over the socket; the sentences of refusals are for people. */
export const appRouter = router({
  session: router({
    info: procedure.output(sessionInfoSchema).query(({ ctx }) => ctx.workbench.session()),
    /** A link with a fresh one-time token, for another browser: relative to the page. */
    invite: procedure.output(z.string()).mutation(({ ctx }) => ctx.workbench.invite()),
  }),
  models: router({
    /** Opens an ONNX file of the server's machine. */
    open: procedure
      .input(path)
      .output(modelInfoSchema)
      .mutation(({ ctx, input }) => ctx.workbench.models.open(input.path)),
    list: procedure.output(z.array(modelInfoSchema)).query(({ ctx }) => ctx.workbench.models.list()),
    graph: procedure
      .input(model)
      .output(graphViewSchema)
      .query(({ ctx, input }) => ctx.workbench.models.graph(input.model)),
    layers: procedure
      .input(model)
      .output(z.array(layerInfoSchema))
      .query(({ ctx, input }) => ctx.workbench.models.layers(input.model)),
    /** Takes it off the list; its file stays where it is. */
    forget: procedure.input(model).mutation(({ ctx, input }) => ctx.workbench.models.forget(input.model)),
  }),
  images: router({
    /** Copies a picture of the server's machine, or all in a folder, into the workspace. */
    add: procedure
      .input(path)
      .output(addedImagesSchema)
      .mutation(({ ctx, input }) => ctx.workbench.images.add(input.path)),
    list: procedure.output(z.array(imageInfoSchema)).query(({ ctx }) => ctx.workbench.images.list()),
    /** What a model sees of an image: resized and cropped as its card says. */
    fitted: procedure
      .input(model.extend(image.shape))
      .output(pictureSchema)
      .query(({ ctx, input }) => ctx.workbench.images.fitted(input.model, input.image)),
    /** Removes the workspace's copy. */
    remove: procedure.input(image).mutation(({ ctx, input }) => ctx.workbench.images.remove(input.image)),
  }),
  /** The likeliest `top` classes. */
  predict: procedure
    .input(model.extend(image.shape).extend({ top: z.int().min(1).max(100_000).default(5) }))
    .output(predictionSchema)
    .query(({ ctx, input }) => ctx.workbench.predict(input.model, input.image, input.top)),
  jobs: router({
    start: procedure
      .input(jobRequestSchema)
      .output(jobInfoSchema)
      .mutation(({ ctx, input }) => ctx.workbench.jobs.start(input)),
    /** Those that are queued or running, and those that have ended since the server started. */
    list: procedure.output(z.array(jobInfoSchema)).query(({ ctx }) => ctx.workbench.jobs.list()),
    /** Asks it to stop; answers at once, `jobCancelled` follows within about two seconds. */
    cancel: procedure
      .input(job)
      .output(jobInfoSchema)
      .mutation(({ ctx, input }) => ctx.workbench.jobs.cancel(input.job)),
  }),
  runs: router({
    /** The newest first. */
    list: procedure.output(z.array(runInfoSchema)).query(({ ctx }) => ctx.workbench.runs.list()),
    get: procedure
      .input(run)
      .output(runDetailsSchema)
      .query(({ ctx, input }) => ctx.workbench.runs.get(input.run)),
    /** Queues the same run again; the job's `comparison` says which files came out the same. */
    repeat: procedure
      .input(run)
      .output(jobInfoSchema)
      .mutation(({ ctx, input }) => ctx.workbench.jobs.repeat(input.run)),
    diff: procedure
      .input(z.object({ left: hashSchema, right: hashSchema }))
      .output(z.array(differenceSchema))
      .query(({ ctx, input }) => ctx.workbench.runs.diff(input.left, input.right)),
    commandLine: procedure
      .input(run)
      .output(commandLineSchema)
      .query(({ ctx, input }) => ctx.workbench.runs.commandLine(input.run)),
    remove: procedure.input(run).mutation(({ ctx, input }) => ctx.workbench.runs.remove(input.run)),
  }),
  layouts: router({
    list: procedure.output(z.array(z.string())).query(({ ctx }) => ctx.workbench.layouts.list()),
    /** null where no layout of this name was saved. */
    load: procedure
      .input(layout)
      .output(layoutSchema.nullable())
      .query(({ ctx, input }) => ctx.workbench.layouts.load(input.name)),
    save: procedure.input(layoutSchema).mutation(({ ctx, input }) => ctx.workbench.layouts.save(input)),
  }),
  /** All events from now on, or from the one after `lastEventId`, which the client's link sends when it has lost its socket. */
  events: procedure
    .input(z.object({ lastEventId: z.string().max(64).nullish() }).default({}))
    .subscription(
      ({ ctx, input, signal }): AsyncIterable<TrackedEnvelope<JobEvent>> =>
        ctx.workbench.events(input.lastEventId ?? undefined, signal),
    ),
});

export type AppRouter = typeof appRouter;
