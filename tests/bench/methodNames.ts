/** A whole method beside PyTorch's own loop. */
export interface MethodBench {
  readonly what: 'ig50' | 'smoothGrad25' | 'guided' | 'gradcam' | 'pgd10' | 'channel' | 'gatys' | 'training';
  readonly title: string;
  /** Name of the stripped graph in tests/golden/graphs, or of a shared model. */
  readonly net: string;
  readonly size: number;
  readonly batch: number;
  /** Repetitions in one turn, and turns. */
  readonly repeats: number;
  readonly turns: number;
}

const on224 = (what: MethodBench['what'], title: string, repeats: number): MethodBench[] =>
  ['resnet18', 'resnet50'].map((net) => ({ what, title, net, size: 224, batch: 1, repeats, turns: 3 }));

export const methodBenches: readonly MethodBench[] = [
  ...on224('ig50', 'integrated gradients, 50 steps', 1),
  ...on224('smoothGrad25', 'SmoothGrad, 25 samples', 2),
  ...on224('guided', 'guided backpropagation', 8),
  ...on224('gradcam', 'Grad-CAM', 12),
  { what: 'pgd10', title: 'PGD, 10 steps', net: 'resnet20', size: 32, batch: 128, repeats: 2, turns: 3 },
  {
    what: 'channel',
    title: 'channel visualization, a step',
    net: 'vgg16_224',
    size: 128,
    batch: 1,
    repeats: 2,
    turns: 3,
  },
  {
    what: 'gatys',
    title: 'style transfer, an evaluation',
    net: 'vgg16_224',
    size: 256,
    batch: 1,
    repeats: 1,
    turns: 3,
  },
];

/** A step of training: forward, loss, backward, SGD with momentum and weight decay. */
export const trainingBenches: readonly MethodBench[] = [
  { what: 'training', title: 'training step', net: 'lenet5', size: 28, batch: 128, repeats: 4, turns: 3 },
  { what: 'training', title: 'training step', net: 'resnet20', size: 32, batch: 128, repeats: 2, turns: 3 },
];
