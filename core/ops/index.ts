export { add } from './add.ts';
export { relu, reluGrad } from './relu.ts';
