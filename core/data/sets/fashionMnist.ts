import { z } from 'zod';
import { defineDataSource } from './define.ts';
import { loadIdxPair } from './shared/idx.ts';

const file = (name: string, bytes: number, md5: string) => ({
  name,
  urls: [`http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/${name}`],
  bytes,
  checksum: { algorithm: 'md5' as const, value: md5 },
});

const classes = [
  'T-shirt/top',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
];

export const fashionMnist = defineDataSource({
  id: 'fashionMnist',
  title: 'Fashion-MNIST',
  description:
    'Articles of clothing, 28x28 grey, in the format of MNIST; 60,000 to train with and 10,000 to test with.',
  citation: 'Xiao, Rasul and Vollgraf 2017',
  params: z.object({}),
  reads: 'folder',
  splits: ['train', 'test'],
  files: [
    file('train-images-idx3-ubyte.gz', 26421880, '8d4fb7e6c68d591d4c3dfef9ec88bf0d'),
    file('train-labels-idx1-ubyte.gz', 29515, '25c81989df183df01b3e8a0aad5dffbe'),
    file('t10k-images-idx3-ubyte.gz', 4422102, 'bef4ecab320f06d8554ea6380940ec79'),
    file('t10k-labels-idx1-ubyte.gz', 5148, 'bb300cfdad3c16e7a12a480ee83cd310'),
  ],
  load: (context) => loadIdxPair('Fashion-MNIST', classes, context),
});
