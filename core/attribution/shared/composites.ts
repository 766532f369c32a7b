import { type Composite, type CompositeEntry, isRectifier, onOperators } from '../../autodiff/composite.ts';
import {
  deconvnet,
  guidedBackprop,
  lrpActivation,
  lrpEpsilon,
  lrpRefusal,
  lrpSignalTakeAll,
  lrpZPlus,
} from '../../autodiff/rules/index.ts';
import type { AttributionContext } from '../define.ts';
import { LoupeError } from '../../base/errors.ts';
import { activations } from '../../model/layers.ts';

export const guided: Composite = [{ matches: isRectifier, rule: guidedBackprop }];
export const deconvolution: Composite = [{ matches: isRectifier, rule: deconvnet }];

/** Guided backprop and deconvnet are defined on ReLUs; without one they would quietly be the gradient. */
function requireRectifiers({ b, network }: AttributionContext, method: string): void {
  const { nodes } = network.graph;
  if (nodes.some((node) => isRectifier(node, b))) return;
  const found = [...new Set(nodes.map(({ opType }) => opType))].filter((opType) => activations.has(opType));
  const instead = found.length > 0 ? ` (it has ${found.join(', ')})` : '';
  throw new LoupeError(
    'unsupportedOperator',
    `${method} is defined on ReLU, and this network has none${instead}; it would only repeat the gradient.`,
  );
}

/** The score's signal at the image when rectifiers follow `composite`; refused where there are none. */
export function rectifiedSignal(context: AttributionContext, method: string, composite: Composite): string {
  requireRectifiers(context, method);
  const [signal = ''] = context.gradient([context.network.image], composite);
  return signal;
}

const convolutions = ['Conv', 'ConvTranspose'];
const denseLayers = ['Gemm', 'MatMul'];

/** Linear in the values that depend on the image; where there are two of those, the rule looks closer. */
const linearLayers = [
  ...convolutions,
  ...denseLayers,
  'Einsum',
  'BatchNormalization',
  'AveragePool',
  'GlobalAveragePool',
  'ReduceMean',
  'ReduceSum',
  'CumSum',
  'GridSample',
  'Add',
  'Sub',
  'Sum',
  'Mean',
];

/** Their relevance passes unchanged. LRN among them is the identity that Binder et al. 2016 compare with. */
const relevanceKeepers = [
  'Celu',
  'Clip',
  'Elu',
  'Gelu',
  'HardSigmoid',
  'HardSwish',
  'LeakyRelu',
  'LRN',
  'Mish',
  'PRelu',
  'Selu',
  'Sigmoid',
  'Softplus',
  'Softsign',
  'Tanh',
  'ThresholdedRelu',
];

/**
 * Where the derivative is the rule: what only moves or resamples values, or turns their sign, or lets the greatest (least)
 * of them through. Input × derivative is the output's relevance there, without any division.
 */
const movesValues = onOperators(
  'Abs',
  'Cast',
  'CastLike',
  'Concat',
  'DepthToSpace',
  'Dropout',
  'Expand',
  'Flatten',
  'Gather',
  'GatherElements',
  'GatherND',
  'GlobalMaxPool',
  'Identity',
  'Max',
  'MaxPool',
  'Min',
  'Neg',
  'Pad',
  'ReduceMax',
  'ReduceMin',
  'Reshape',
  'Resize',
  'ScatterElements',
  'ScatterND',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Squeeze',
  'Tile',
  'TopK',
  'Transpose',
  'Trilu',
  'Unsqueeze',
  'Where',
);

/** ReLU's derivative passes all relevance already: a unit at zero has none. ReLU6 would lose that of its saturated units. */
const keepsDerivative: CompositeEntry['matches'] = (node, b) =>
  onOperators('Relu')(node, b) || movesValues(node, b);

/**
 * LRP-ε on every layer (Bach et al. 2015, eq. 58). ReLU, maxima and movement keep their derivatives, other activations pass
 * their relevance on, gates get none, and every other operator is refused.
 *
 * @param stabilizer ε > 0, absolute: in the unit of each layer's output.
 */
export function epsilonComposite(stabilizer: number): Composite {
  return [
    { matches: onOperators(...relevanceKeepers), rule: lrpActivation(stabilizer) },
    { matches: onOperators('Mul', 'Div'), rule: lrpSignalTakeAll },
    { matches: onOperators(...linearLayers), rule: lrpEpsilon(stabilizer) },
    { matches: (node, b) => !keepsDerivative(node, b), rule: lrpRefusal },
  ];
}

/**
 * z⁺ on convolutions, z⁺ or ε on dense layers (with ε: "EpsilonPlus"), ε elsewhere as `epsilonComposite` has it.
 *
 * @param stabilizer ε > 0 of both rules, absolute.
 */
export function zPlusComposite(stabilizer: number, dense: 'epsilon' | 'zPlus'): Composite {
  const layers = dense === 'zPlus' ? [...convolutions, ...denseLayers] : convolutions;
  return [{ matches: onOperators(...layers), rule: lrpZPlus(stabilizer) }, ...epsilonComposite(stabilizer)];
}
