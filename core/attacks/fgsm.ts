import { z } from 'zod';
import { int64 } from '../base/tensor.ts';
import { breathe } from '../method/context.ts';
import { outputOf } from '../runtime/program.ts';
import { type Budget, defineAttack } from './define.ts';
import { shaved } from './shared/ball.ts';
import { allRows, batchSizeFor, cutRows } from './shared/chunks.ts';
import { runFinite } from './shared/classify.ts';
import { epsilonParam, lossParam, normParam } from './shared/params.ts';
import { copyOf, rowOf, takeRows } from './shared/rows.ts';
import { emitStep, scalarOf, stepGraph, stepProgram } from './shared/stepProgram.ts';

const budgetOf = ({ norm, epsilon }: Budget): Budget => ({ norm, epsilon });

/** x′ = clip(x + ε·sign ∇J(x, y)), or clip(x − ε·sign ∇J(x, t)); in L2 g/‖g‖₂ is in the place of the sign. */
export const fgsm = defineAttack({
  id: 'fgsm',
  title: 'FGSM',
  description: 'Fast gradient sign method: one step of full length.',
  citation: 'Goodfellow et al. 2015, sec. 4; targeted: Kurakin et al. 2017, sec. 2.3',
  params: z.object({ epsilon: epsilonParam(), norm: normParam(), loss: lossParam() }),
  budget: budgetOf,
  emit({ b, network, classes, targeted }, { epsilon, norm, loss }) {
    const size = b.scalar(epsilon);
    const inputs = { original: network.image, classes, epsilon: size, stepSize: size };
    return emitStep(b, network, { norm, loss, targeted }, inputs).next;
  },
  async *run(run, { epsilon, norm, loss }) {
    const { context, images, classes, targeted } = run;
    const kind = { norm, loss, targeted, momentum: false };
    const batch = batchSizeFor(
      context,
      classes.length,
      (size) => stepGraph(context.network(size), kind).graph,
    );
    const { program, inputs, outputs } = await stepProgram(context, kind, batch);
    const adversarial = copyOf(images);
    const chunks = cutRows(allRows(classes.length), batch);
    for (const [at, { rows, padded }] of chunks.entries()) {
      const original = takeRows(images, padded);
      const result = await runFinite(program, {
        [inputs.image]: original,
        [inputs.original]: original,
        [inputs.classes]: int64(padded.map((row) => classes[row] ?? 0)),
        [inputs.epsilon]: scalarOf(epsilon),
        [inputs.stepSize]: scalarOf(epsilon),
      });
      const next = outputOf(result, outputs.next);
      rows.forEach((row, place) => {
        rowOf(adversarial, row).set(rowOf(next, place));
      });
      yield { done: at + 1, total: chunks.length, what: 'FGSM' };
      await breathe(context);
    }
    return { adversarial: shaved(adversarial, images, { norm, epsilon }) };
  },
});
