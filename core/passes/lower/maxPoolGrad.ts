import { loupeDomain } from '../../graph/ir.ts';
import type { Lower, Lowering } from './define.ts';
import { isComparable, scatterByComparing } from './maxPoolGrad/compared.ts';
import { gatherAtPlaces, scatterAtPlaces } from './maxPoolGrad/places.ts';
import { type MaximaFormulation, isWhole, maximaProblem } from './maxPoolGrad/problem.ts';
import { gatherByTaps, scatterByTaps } from './maxPoolGrad/taps.ts';
import { gatherOverWhole, scatterOverWhole } from './maxPoolGrad/whole.ts';

/** A window over all of x has a formulation of its own. */
const lowerBy =
  (usual: MaximaFormulation, whole: MaximaFormulation): Lower =>
  (node, b) => {
    const problem = maximaProblem(node, b);
    return [(isWhole(problem) ? whole : usual)(b, problem)];
  };

const scatterOnCpu: MaximaFormulation = (b, problem) =>
  isComparable(b, problem) ? scatterByComparing(b, problem) : scatterAtPlaces(b, problem);

/** The CPU knows the places of maxima; the WebGPU provider refuses to tell them. */
export const maxPoolGrad: readonly Lowering[] = [
  {
    opType: 'MaxPoolGrad',
    domain: loupeDomain,
    cpu: lowerBy(scatterOnCpu, scatterOverWhole),
    webgpu: lowerBy(scatterByTaps, scatterOverWhole),
  },
  {
    opType: 'MaxPoolGather',
    domain: loupeDomain,
    cpu: lowerBy(gatherAtPlaces, gatherOverWhole),
    webgpu: lowerBy(gatherByTaps, gatherOverWhole),
  },
];
