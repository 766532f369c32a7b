export { adam } from './adam.ts';
export { adamW } from './adamW.ts';
export { rmsprop } from './rmsprop.ts';
export { sgd } from './sgd.ts';
