export { reluGrad } from './reluGrad.ts';
