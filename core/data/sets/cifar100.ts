import { z } from 'zod';
import { defineDataSource } from './define.ts';
import { loadCifarRecords } from './shared/cifarRecords.ts';

/** The 20 superclasses, in the order of the first byte of a record. */
const coarse = [
  ['aquatic mammals', 'fish', 'flowers', 'food containers', 'fruit and vegetables'],
  ['household electrical devices', 'household furniture', 'insects', 'large carnivores'],
  ['large man-made outdoor things', 'large natural outdoor scenes', 'large omnivores and herbivores'],
  ['medium-sized mammals', 'non-insect invertebrates', 'people', 'reptiles', 'small mammals', 'trees'],
  ['vehicles 1', 'vehicles 2'],
].flat();

/** The 100 classes, in the order of the second byte: the alphabet's. */
const fine = [
  'apple, aquarium fish, baby, bear, beaver, bed, bee, beetle, bicycle, bottle, bowl, boy, bridge, bus, butterfly, camel, can',
  'castle, caterpillar, cattle, chair, chimpanzee, clock, cloud, cockroach, couch, crab, crocodile, cup, dinosaur, dolphin',
  'elephant, flatfish, forest, fox, girl, hamster, house, kangaroo, keyboard, lamp, lawn mower, leopard, lion, lizard, lobster',
  'man, maple tree, motorcycle, mountain, mouse, mushroom, oak tree, orange, orchid, otter, palm tree, pear, pickup truck',
  'pine tree, plain, plate, poppy, porcupine, possum, rabbit, raccoon, ray, road, rocket, rose, sea, seal, shark, shrew, skunk',
  'skyscraper, snail, snake, spider, squirrel, streetcar, sunflower, sweet pepper, table, tank, telephone, television, tiger',
  'tractor, train, trout, tulip, turtle, wardrobe, whale, willow tree, wolf, woman, worm',
].flatMap((line) => line.split(', '));

export const cifar100 = defineDataSource({
  id: 'cifar100',
  title: 'CIFAR-100',
  description:
    'Photographs, 32x32 in colour, of 100 classes in 20 groups; 50,000 to train with and 10,000 to test with. The binary version.',
  citation: 'Krizhevsky 2009',
  params: z.object({
    labels: z
      .enum(['fine', 'coarse'])
      .default('fine')
      .meta({ title: 'Labels', description: 'the 100 fine classes or the 20 coarse ones' }),
  }),
  reads: 'folder',
  splits: ['train', 'test'],
  files: [
    {
      name: 'cifar-100-binary.tar.gz',
      urls: ['https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz'],
      bytes: 168513733,
      checksum: { algorithm: 'md5', value: '03b5dce01913d631647c71ecec9e9cb8' },
      unpacksTo: 'cifar-100-binary',
    },
  ],
  load: (context) =>
    loadCifarRecords(
      {
        name: 'CIFAR-100',
        classes: context.params.labels === 'fine' ? fine : coarse,
        labelBytes: 2,
        labelByte: context.params.labels === 'fine' ? 1 : 0,
        files: new RegExp(`^${context.split}.*\\.bin$`),
        example: `${context.split}.bin`,
        folder: 'cifar-100-binary',
      },
      context,
    ),
});
