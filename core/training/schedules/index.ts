export { constant } from './constant.ts';
export { cosine } from './cosine.ts';
export { oneCycle } from './oneCycle.ts';
export { plateau } from './plateau.ts';
export { staircase } from './staircase.ts';
