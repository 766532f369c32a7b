export { fgsm } from './fgsm.ts';
export { bim } from './bim.ts';
export { pgd } from './pgd.ts';
export { miFgsm } from './miFgsm.ts';
export { deepFool } from './deepFool.ts';
export { carliniWagner } from './carliniWagner.ts';
export { lbfgs } from './lbfgs.ts';
export { noise } from './noise.ts';
