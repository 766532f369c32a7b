import { z } from 'zod';
import { defineDataSource } from './define.ts';
import { loadIdxPair } from './shared/idx.ts';

/** The authors' own page no longer serves the files and names these two copies, which PyTorch and TensorFlow keep. */
const hosts = [
  'https://ossci-datasets.s3.amazonaws.com/mnist',
  'https://storage.googleapis.com/cvdf-datasets/mnist',
];

const file = (name: string, bytes: number, sha256: string) => ({
  name,
  urls: hosts.map((host) => `${host}/${name}`),
  bytes,
  checksum: { algorithm: 'sha256' as const, value: sha256 },
});

export const mnist = defineDataSource({
  id: 'mnist',
  title: 'MNIST',
  description: 'Handwritten digits, 28x28 grey; 60,000 to train with and 10,000 to test with.',
  citation: 'LeCun et al. 1998',
  params: z.object({}),
  reads: 'folder',
  splits: ['train', 'test'],
  files: [
    file(
      'train-images-idx3-ubyte.gz',
      9912422,
      '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
    ),
    file(
      'train-labels-idx1-ubyte.gz',
      28881,
      '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
    ),
    file(
      't10k-images-idx3-ubyte.gz',
      1648877,
      '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
    ),
    file(
      't10k-labels-idx1-ubyte.gz',
      4542,
      'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
    ),
  ],
  load: (context) =>
    loadIdxPair(
      'MNIST',
      Array.from({ length: 10 }, (_, digit) => String(digit)),
      context,
    ),
});
