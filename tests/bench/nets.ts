/** The networks of the bench, at the size that they were published with. */
export interface BenchNet {
  readonly name: string;
  /** Name of the stripped graph in tests/golden/graphs. */
  readonly graph: string;
  readonly size: number;
}

export const benchNets: readonly BenchNet[] = [
  { name: 'resnet18', graph: 'resnet18', size: 224 },
  { name: 'resnet50', graph: 'resnet50', size: 224 },
  { name: 'vgg16', graph: 'vgg16_224', size: 224 },
  { name: 'squeezenet1_1', graph: 'squeezenet1_1', size: 224 },
  { name: 'mobilenet_v2', graph: 'mobilenet_v2', size: 224 },
  { name: 'googlenet', graph: 'googlenet', size: 224 },
  { name: 'inception_v3', graph: 'inception_v3', size: 299 },
  { name: 'densenet121', graph: 'densenet121', size: 224 },
];
