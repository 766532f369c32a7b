export { adam } from './adam.ts';
export { adamW } from './adamW.ts';
export { lbfgs } from './lbfgs.ts';
export { rmsprop } from './rmsprop.ts';
export { sgd } from './sgd.ts';
