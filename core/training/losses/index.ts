export { binaryCrossEntropy } from './binaryCrossEntropy.ts';
export { crossEntropy } from './crossEntropy.ts';
export { meanSquaredError } from './meanSquaredError.ts';
