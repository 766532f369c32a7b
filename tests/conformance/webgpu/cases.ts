import { float, int, ints, loupeDomain } from '../../../core/graph/ir.ts';
import type { OperatorDefinition, Sample } from '../../../core/ops/define.ts';
import { operators } from '../../../core/ops/registry.ts';

/** One sample of one operator, to be computed on both devices, forward and gradient. */
export interface Case {
  readonly key: string;
  readonly operator: string;
  readonly definition: OperatorDefinition;
  readonly sample: Sample;
}

/**
 * Shapes on which ONNX Runtime's WebGPU provider refuses or is silently wrong if it is given the
 * operator as it stands (measured with 1.30), and the shapes of real networks that lead to them.
 */
const traps: readonly (readonly [opType: string, samples: readonly Sample[]])[] = [
  [
    'Conv',
    [
      {
        title: 'trap: 1x1 kernel, pads at the end only',
        inputs: [{ dims: [1, 3, 4, 4] }, { dims: [5, 3, 1, 1] }],
        attributes: { pads: ints([0, 0, 1, 1]) },
      },
      {
        title: 'trap: kernel as large as the map, pads at the end only',
        inputs: [{ dims: [1, 3, 2, 2] }, { dims: [4, 3, 2, 2] }],
        attributes: { pads: ints([0, 0, 1, 1]) },
      },
      {
        title: 'trap: depthwise with nine maps a channel',
        inputs: [{ dims: [1, 64, 5, 5] }, { dims: [576, 1, 3, 3] }],
        attributes: { group: int(64), pads: ints([1, 1, 1, 1]) },
      },
      {
        title: 'trap: grouped, four input channels and one output channel a group',
        inputs: [{ dims: [1, 16, 5, 5] }, { dims: [4, 4, 3, 3] }],
        attributes: { group: int(4), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
      },
      {
        title: 'trap: depthwise, stride 2',
        inputs: [{ dims: [1, 8, 6, 6] }, { dims: [8, 1, 3, 3] }],
        attributes: { group: int(8), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
      },
      {
        title: 'trap: stem of a ResNet, 7x7 stride 2',
        inputs: [{ dims: [1, 3, 14, 14] }, { dims: [8, 3, 7, 7] }],
        attributes: { strides: ints([2, 2]), pads: ints([3, 3, 3, 3]) },
      },
      {
        title: 'trap: 3x3 stride 2 on a 2x2 map',
        inputs: [{ dims: [1, 4, 2, 2] }, { dims: [4, 4, 3, 3] }],
        attributes: { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
      },
      {
        title: 'trap: 1x1 stride 2 on odd and even maps',
        inputs: [{ dims: [1, 4, 5, 6] }, { dims: [6, 4, 1, 1] }],
        attributes: { strides: ints([2, 2]) },
      },
    ],
  ],
  [
    'ConvTranspose',
    [
      {
        title: 'trap: two input channels and one output channel a group',
        inputs: [{ dims: [1, 8, 3, 3] }, { dims: [8, 1, 2, 2] }],
        attributes: { group: int(4), strides: ints([2, 2]) },
      },
      {
        title: 'trap: four input channels and one output channel a group',
        inputs: [{ dims: [1, 64, 3, 3] }, { dims: [64, 1, 2, 2] }],
        attributes: { group: int(16) },
      },
    ],
  ],
  [
    'MaxPool',
    [
      {
        title: 'trap: overlapping windows, whose winners the provider cannot name',
        inputs: [{ dims: [1, 2, 7, 7], distinct: true }],
        attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
      },
    ],
  ],
  [
    'BatchNormalization',
    [
      {
        title: 'trap: training mode',
        inputs: [
          { dims: [4, 3, 2, 2] },
          { dims: [3], range: [0.5, 1.5] },
          { dims: [3] },
          { dims: [3] },
          { dims: [3], range: [0.5, 1.5] },
        ],
        attributes: { training_mode: int(1), epsilon: float(1e-3) },
        outputs: 3,
      },
    ],
  ],
  [
    'Split',
    [
      {
        title: 'trap: more outputs than a shader may bind',
        inputs: [{ dims: [2, 14] }],
        attributes: { axis: int(1), num_outputs: int(14) },
        outputs: 14,
      },
    ],
  ],
];

const operatorName = ({ domain, opType }: OperatorDefinition): string =>
  domain === loupeDomain ? `${domain}.${opType}` : opType;

function casesOf(definition: OperatorDefinition, samples: readonly Sample[]): Case[] {
  const operator = operatorName(definition);
  return samples.map((sample) => ({ key: `${operator}: ${sample.title}`, operator, definition, sample }));
}

/** Every sample of every operator, and the traps. */
export const cases: readonly Case[] = [...operators].flatMap(([key, definition]) => {
  const extra = traps.find(([opType]) => opType === key)?.[1] ?? [];
  return casesOf(definition, [...definition.samples, ...extra]);
});

/**
 * Relative L2 error that a right device may have. WGSL grants sine and cosine an absolute error of
 * 2⁻¹¹; everything else is within a few units in the last place, and the known faults are 0.2 and more.
 */
export function toleranceOf({ definition }: Case): number {
  return ['Sin', 'Cos', 'Tan'].includes(definition.opType) ? 2e-3 : 1e-4;
}
