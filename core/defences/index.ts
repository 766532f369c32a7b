export { bitDepth } from './bitDepth.ts';
export { jpeg } from './jpeg.ts';
export { median } from './median.ts';
export { totalVariation } from './totalVariation.ts';
