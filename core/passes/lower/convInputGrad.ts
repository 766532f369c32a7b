import type { GraphBuilder } from '../../graph/builder.ts';
import { loupeDomain } from '../../graph/ir.ts';
import { asPhases } from './convInputGrad/phases.ts';
import {
  type InputGradFormulation,
  type InputGradProblem,
  inputGradProblem,
} from './convInputGrad/problem.ts';
import { asSubpixel } from './convInputGrad/subpixel.ts';
import { asTransposed } from './convInputGrad/transposed.ts';
import type { Lower, Lowering } from './define.ts';

/** Up to this many input channels, the phases of a strided convolution are worth stacking into one. */
const fewChannels = 4;

/**
 * Stride 1 is an ordinary convolution, a larger one is one convolution a phase: they keep the blocked layout and
 * multiply by no zeros (5-9 % faster for whole residual networks than ConvTranspose). Few input channels (the
 * first layer) would leave the vectors mostly empty, so their phases are stacked into one convolution.
 * Depthwise, where the work is in moving memory, ConvTranspose is faster.
 */
function chooseOnCpu(b: GraphBuilder, { w, convolution, shape }: InputGradProblem): InputGradFormulation {
  const { group, windows } = convolution;
  if (isUnit(windows.strides) || isUnit(windows.kernel)) return asPhases;
  const channels = shape[1] ?? 0;
  if (group > 1 && group === channels) return asTransposed;
  const moderate = windows.strides.every((stride) => stride <= 4);
  const few = group === 1 && channels <= fewChannels;
  return few && moderate && b.constantOf(w) !== undefined ? asSubpixel : asPhases;
}

function chooseOnWebGpu(
  _: GraphBuilder,
  { convolution: { windows } }: InputGradProblem,
): InputGradFormulation {
  return isUnit(windows.strides) || isUnit(windows.kernel) ? asPhases : asTransposed;
}

const isUnit = (values: readonly number[]): boolean => values.every((value) => value === 1);

const lowerBy =
  (choose: (b: GraphBuilder, problem: InputGradProblem) => InputGradFormulation): Lower =>
  (node, b) => {
    const problem = inputGradProblem(node, b);
    return [choose(b, problem)(b, problem)];
  };

export const convInputGrad: Lowering = {
  opType: 'ConvInputGrad',
  domain: loupeDomain,
  cpu: lowerBy(chooseOnCpu),
  webgpu: lowerBy(chooseOnWebGpu),
};
