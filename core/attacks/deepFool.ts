import { z } from 'zod';
import { floatsOf, int64, tensor } from '../base/tensor.ts';
import { breathe } from '../method/context.ts';
import { numberIn } from '../method/params.ts';
import { outputOf } from '../runtime/program.ts';
import { type AttackRun, type AttackTrace, defineAttack } from './define.ts';
import { normsBetween } from './shared/ball.ts';
import { SmallestFound } from './shared/bestTries.ts';
import { type Chunk, allRows, batchSizeFor, cutRows } from './shared/chunks.ts';
import { classify, runFinite } from './shared/classify.ts';
import { type DeepFoolGraph, deepFoolGraph } from './shared/deepFoolGraph.ts';
import { stepsParam } from './shared/params.ts';
import { rowOf, takeRows } from './shared/rows.ts';
import { scalarOf } from './shared/stepProgram.ts';
import { isFooled, leadOf, topOf } from './shared/verdict.ts';

/** The smallest L2 step over the nearest of the linearised boundaries, again and again until the class changes. */
export const deepFool = defineAttack({
  id: 'deepFool',
  title: 'DeepFool',
  description: 'Looks for the smallest L2 perturbation by stepping over linearised class boundaries.',
  citation: 'Moosavi-Dezfooli et al. 2016, algorithm 2',
  targetable: false,
  params: z.object({
    numClasses: z.int().min(2).max(1000).default(10).meta({
      title: 'Classes',
      description: 'classes with the greatest logits whose boundaries are looked at, the own one among them',
    }),
    overshoot: numberIn([0, 10], 0.02, {
      title: 'Overshoot',
      description: 'by which share the perturbation goes beyond the boundary',
    }),
    steps: stepsParam(50, 'linearisations at most'),
  }),
  async *run(run, { numClasses, overshoot, steps }) {
    const { context, classes } = run;
    const others = Math.min(numClasses, context.network().classes) - 1;
    const graphAt = (size: number) => deepFoolGraph(context, size, others).graph;
    const batch = batchSizeFor(context, classes.length, graphAt);
    const search = new Search(run, overshoot, {
      step: deepFoolGraph(context, batch, others),
      candidates: await nearestClasses(run, others),
    });
    const chunks = cutRows(allRows(classes.length), batch);
    for (const [at, chunk] of chunks.entries()) {
      for await (const done of search.chunk(chunk, steps)) {
        yield { done: at * steps + done, total: chunks.length * steps, what: 'DeepFool' };
      }
    }
    return { adversarial: search.found.images, traces: search.traces };
  },
});

/** Of each image the classes behind its own one, by falling logits of the clean image. */
async function nearestClasses({ context, images, classes }: AttackRun, count: number): Promise<number[][]> {
  const logits = await classify(context, images);
  return classes.map((own, row) => {
    const z = rowOf(logits, row);
    const order = allRows(z.length).filter((index) => index !== own);
    return order.sort((a, b) => (z[b] ?? 0) - (z[a] ?? 0)).slice(0, count);
  });
}

class Search {
  readonly found: SmallestFound;
  readonly traces: readonly (AttackTrace & { readonly series: { lead: number[]; l2: number[] } })[];
  readonly #run: AttackRun;
  readonly #overshoot: number;
  readonly #step: DeepFoolGraph;
  readonly #candidates: readonly (readonly number[])[];

  constructor(
    run: AttackRun,
    overshoot: number,
    { step, candidates }: { step: DeepFoolGraph; candidates: readonly (readonly number[])[] },
  ) {
    this.#run = run;
    this.#overshoot = overshoot;
    this.#step = step;
    this.#candidates = candidates;
    this.found = new SmallestFound(run.images);
    this.traces = run.classes.map(() => ({ rows: 'step', series: { lead: [], l2: [] } }));
  }

  /** Each run judges x(r) and finds the next r, so `steps` steps are `steps` + 1 runs; an example stops where it is fooled. */
  async *chunk({ rows, padded }: Chunk, steps: number): AsyncGenerator<number, void> {
    const { context, images, classes } = this.#run;
    const { inputs, outputs, graph, key } = this.#step;
    const program = await context.program(key, () => graph);
    const original = takeRows(images, padded);
    const fixed = {
      [inputs.original]: original,
      [inputs.classes]: int64(padded.map((row) => classes[row] ?? 0)),
      [inputs.candidates]: int64(
        padded.flatMap((row) => this.#candidates[row] ?? []),
        [padded.length, this.#candidates[0]?.length ?? 0],
      ),
      [inputs.overshoot]: scalarOf(1 + this.#overshoot),
    };
    let total = tensor('float32', new Float32Array(floatsOf(original).length), original.dims);
    const active = new Set(rows.keys());
    for (let step = 0; step <= steps && active.size > 0; step++) {
      const result = await runFinite(program, { ...fixed, [inputs.total]: total });
      const [image, logits] = [outputOf(result, outputs.image), outputOf(result, outputs.logits)];
      for (const at of active) {
        if (this.#look(rows[at] ?? 0, rowOf(image, at), rowOf(logits, at))) active.delete(at);
      }
      total = outputOf(result, outputs.total);
      if (step > 0) yield step;
      await breathe(context);
    }
  }

  /** Keeps what is best of an example; whether it is fooled. */
  #look(row: number, image: Float32Array, logits: Float32Array): boolean {
    const own = this.#run.classes[row] ?? 0;
    const fooled = isFooled(topOf(logits), own, false);
    const lead = leadOf(logits, own, false);
    const { l2 } = normsBetween(image, rowOf(this.#run.images, row));
    this.found.offer(row, image, { fooled, lead, norm: l2 });
    this.traces[row]?.series.lead.push(lead);
    this.traces[row]?.series.l2.push(l2);
    return fooled;
  }
}
