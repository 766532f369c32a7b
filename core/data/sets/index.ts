export { cifar10 } from './cifar10.ts';
export { cifar100 } from './cifar100.ts';
export { fashionMnist } from './fashionMnist.ts';
export { imageFolder } from './imageFolder.ts';
export { mnist } from './mnist.ts';
export { npz } from './npz.ts';
export { shapes } from './shapes.ts';
