export { robustness } from './robustness.ts';
