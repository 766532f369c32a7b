import { z } from 'zod';
import { defineDataSource } from './define.ts';
import { loadCifarRecords } from './shared/cifarRecords.ts';

const classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

export const cifar10 = defineDataSource({
  id: 'cifar10',
  title: 'CIFAR-10',
  description:
    'Photographs, 32x32 in colour, of 10 classes; 50,000 to train with and 10,000 to test with. The binary version; files may hold fewer records.',
  citation: 'Krizhevsky 2009',
  params: z.object({}),
  reads: 'folder',
  splits: ['train', 'test'],
  files: [
    {
      name: 'cifar-10-binary.tar.gz',
      urls: ['https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz'],
      bytes: 170052171,
      checksum: { algorithm: 'md5', value: 'c32a1d4ab5d03f1284b67883e8d87530' },
      unpacksTo: 'cifar-10-batches-bin',
    },
  ],
  load: (context) =>
    loadCifarRecords(
      {
        name: 'CIFAR-10',
        classes,
        labelBytes: 1,
        labelByte: 0,
        files: context.split === 'train' ? /^data_batch_[1-5].*\.bin$/ : /^test_batch.*\.bin$/,
        example: context.split === 'train' ? 'data_batch_1.bin' : 'test_batch.bin',
        folder: 'cifar-10-batches-bin',
      },
      context,
    ),
});
