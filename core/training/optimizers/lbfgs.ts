import { z } from 'zod';
import { drain } from '../../method/context.ts';
import { minimise } from '../../method/lbfgs.ts';
import { count } from '../../method/params.ts';
import { defineSearch } from './define.ts';

/** Each step of the training is a whole search with its batch; of curvature it knows what that batch has shown. */
export const lbfgs = defineSearch({
  id: 'lbfgs',
  title: 'L-BFGS',
  description:
    'Searches the minimum of each batch with an estimate of the curvature: for small networks and batches of all examples. It needs no learning rate.',
  citation: 'Liu and Nocedal 1989; Nocedal and Wright 2006, algorithm 7.5',
  params: z.object({
    iterations: count(20, 'Iterations', 'steps of the search in one batch'),
    history: count(10, 'History', 'steps whose curvature is remembered', 1000),
  }),
  async search(evaluate, theta, { iterations, history }) {
    const { x } = await drain(minimise(evaluate, theta, { iterations, history }));
    return x;
  },
});
